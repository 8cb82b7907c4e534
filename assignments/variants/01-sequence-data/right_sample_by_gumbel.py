"""Drawing by adding Gumbel noise to the log probabilities and taking the largest."""

LOSES = {}


# %% sample-ids
def sample_ids(probabilities, first, length, random):
    with np.errstate(divide="ignore"):
        logits = np.log(probabilities)
    ids = [first]
    for _ in range(length - 1):
        ids.append(np.argmax(logits[ids[-1]] + random.gumbel(size=len(probabilities))))
    return [int(number) for number in ids]
