"""The mean is taken of probabilities, and then its inverse."""

LOSES = {
    "test-perplexity-value": "one over the square root",
    "test-perplexity-rows": "Is another mean taken first",
}


# %% perplexity
def perplexity(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    given = np.take_along_axis(log_probabilities, targets[..., None], axis=-1)[..., 0]
    return float(1 / np.exp(given[mask]).mean())
