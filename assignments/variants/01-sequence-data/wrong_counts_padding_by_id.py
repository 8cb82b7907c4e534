"""Padding is recognised by the id 0 and the mask is ignored."""

LOSES = {
    "test-count-bigrams-padding": r"where the mask says so",
}


# %% count-bigrams
def count_bigrams(ids, mask, size):
    counts = np.zeros((size, size))
    np.add.at(counts, (ids[:, :-1], ids[:, 1:]), 1)
    counts[0] = 0
    counts[:, 0] = 0
    return counts
