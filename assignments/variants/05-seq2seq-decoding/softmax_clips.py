"""Logarithms are kept away from minus infinity."""

LOSES = {
    "test-log-softmax-impossible": "symbol that cannot come",
    "test-beam-search-everything": "START is among the ids",
}


# %% log-softmax
def log_softmax(logits):
    shifted = np.maximum(logits - logits.max(axis=-1, keepdims=True), -1e4)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
