"""Rows hold the symbol that followed, columns the one that came first."""

LOSES = {
    "test-count-bigrams-direction": r"transposed",
    "test-count-bigrams-padding": r"pair \(4, 5\)",
    "test-count-bigrams-rows": r"pair \(4, 5\)",
}


# %% count-bigrams
def count_bigrams(ids, mask, size):
    counts = np.zeros((size, size))
    pairs = mask[:, :-1] & mask[:, 1:]
    np.add.at(counts, (ids[:, 1:][pairs], ids[:, :-1][pairs]), 1)
    return counts
