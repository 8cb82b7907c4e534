"""Counts are not raised, only rows without any count are made uniform."""

LOSES = {
    "test-bigram-probabilities-ratios": r"ratio",
    "test-bigram-probabilities-unseen": r"probability is 0",
}


# %% bigram-probabilities
def bigram_probabilities(counts, k=1.0):
    counts = np.where(counts.sum(axis=1, keepdims=True) == 0, 1.0, counts)
    counts[:, 0] = 0.0
    return counts / counts.sum(axis=1, keepdims=True)
