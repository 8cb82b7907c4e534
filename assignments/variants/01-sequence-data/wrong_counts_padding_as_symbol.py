"""Padding is counted like any other symbol."""

LOSES = {
    "test-count-bigrams-padding": r"mask of both steps",
    "test-count-bigrams-rows": r"number of pairs",
}


# %% count-bigrams
def count_bigrams(ids, mask, size):
    counts = np.zeros((size, size))
    np.add.at(counts, (ids[:, :-1], ids[:, 1:]), 1)
    return counts
