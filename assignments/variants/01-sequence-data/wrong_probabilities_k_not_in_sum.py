"""k is added to the counts and forgotten in the sum of the row."""

LOSES = {
    "test-bigram-probabilities-rows": r"sum of each row",
}


# %% bigram-probabilities
def bigram_probabilities(counts, k=1.0):
    raised = counts + k
    raised[:, 0] = 0.0
    return raised / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
