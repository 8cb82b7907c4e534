"""Only pairs that occurred are raised, so unseen ones keep probability 0."""

LOSES = {
    "test-bigram-probabilities-unseen": r"probability is 0",
}


# %% bigram-probabilities
def bigram_probabilities(counts, k=1.0):
    raised = np.where(counts > 0, counts + k, 0.0)
    empty = raised.sum(axis=1) == 0
    raised[empty] = 1.0
    raised[:, 0] = 0.0
    return raised / raised.sum(axis=1, keepdims=True)
