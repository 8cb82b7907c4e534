"""Logarithms are binary and the power is natural."""

LOSES = {
    "test-perplexity-uniform": "Which logarithm belongs to exp",
    "test-perplexity-value": "one over the square root",
}


# %% perplexity
def perplexity(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_probabilities = shifted / np.log(2) - np.log2(np.exp(shifted).sum(axis=-1, keepdims=True))
    given = np.take_along_axis(log_probabilities, targets[..., None], axis=-1)[..., 0]
    return float(np.exp(-given[mask].mean()))
