"""Drawing by inverting the cumulative distribution."""

LOSES = {}


# %% sample-ids
def sample_ids(probabilities, first, length, random):
    cumulative = np.cumsum(probabilities, axis=1)
    ids = np.empty(length, dtype=np.int32)
    ids[0] = first
    for step in range(1, length):
        row = cumulative[ids[step - 1]]
        ids[step] = np.searchsorted(row, random.random() * row[-1], side="right")
    return ids
