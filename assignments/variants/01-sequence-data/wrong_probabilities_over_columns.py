"""Columns add up to 1 instead of rows."""

LOSES = {
    "test-bigram-probabilities-rows": r"what may come after",
    "test-bigram-probabilities-ratios": r"ratio",
    "test-bigram-probabilities-unseen": r"ratios",
}


# %% bigram-probabilities
def bigram_probabilities(counts, k=1.0):
    raised = counts + k
    raised[:, 0] = 0.0
    total = raised.sum(axis=0)
    return raised / np.where(total == 0, 1.0, total)
