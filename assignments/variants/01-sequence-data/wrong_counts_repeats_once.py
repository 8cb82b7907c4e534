"""A repeated pair is counted once, since indexed += writes each place once."""

LOSES = {
    "test-count-bigrams-repeats": r"i, j repeat",
    "test-count-bigrams-rows": r"number of pairs",
}


# %% count-bigrams
def count_bigrams(ids, mask, size):
    counts = np.zeros((size, size))
    pairs = mask[:, :-1] & mask[:, 1:]
    counts[ids[:, :-1][pairs], ids[:, 1:][pairs]] += 1
    return counts
