"""The first symbol is left out, so everything comes one place early."""

LOSES = {
    "test-sample-ids-chain": r"belongs to the id before",
}


# %% sample-ids
def sample_ids(probabilities, first, length, random):
    ids, last = [], first
    for _ in range(length):
        last = int(random.choice(len(probabilities), p=probabilities[last]))
        ids.append(last)
    return np.array(ids)
