"""The most likely symbol is taken every time instead of drawing."""

LOSES = {
    "test-sample-ids-frequencies": r"Draw according to the row",
}


# %% sample-ids
def sample_ids(probabilities, first, length, random):
    ids = [first]
    while len(ids) < length:
        ids.append(int(np.argmax(probabilities[ids[-1]])))
    return np.array(ids)
