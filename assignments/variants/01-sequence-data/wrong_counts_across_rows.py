"""The batch is read as one long text, so the end of a row and the beginning of the next form a pair."""

LOSES = {
    "test-count-bigrams-rows": r"ends the first row",
    "test-count-bigrams-padding": r"padding has the id 5",
}


# %% count-bigrams
def count_bigrams(ids, mask, size):
    text = ids[mask]
    counts = np.zeros((size, size))
    np.add.at(counts, (text[:-1], text[1:]), 1)
    return counts
