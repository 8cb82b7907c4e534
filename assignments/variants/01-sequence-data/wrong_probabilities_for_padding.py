"""Smoothing gives padding its share, too."""

LOSES = {
    "test-bigram-probabilities-padding": r"Does padding get a k",
}


# %% bigram-probabilities
def bigram_probabilities(counts, k=1.0):
    return (counts + k) / (counts + k).sum(axis=1, keepdims=True)
