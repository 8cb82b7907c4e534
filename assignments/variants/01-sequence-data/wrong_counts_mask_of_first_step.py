"""Only the first step of a pair has to be real, so the padding behind a row follows its last symbol."""

LOSES = {
    "test-count-bigrams-padding": r"how often padding follows",
    "test-count-bigrams-rows": r"number of pairs",
}


# %% count-bigrams
def count_bigrams(ids, mask, size):
    counts = np.zeros((size, size))
    real = mask[:, :-1]
    np.add.at(counts, (ids[:, :-1][real], ids[:, 1:][real]), 1)
    return counts
