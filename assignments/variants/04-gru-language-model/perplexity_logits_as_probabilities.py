"""Logits are taken for log probabilities."""

LOSES = {
    "test-perplexity-uniform": "Which logarithm belongs to exp",
    "test-perplexity-value": "Logits are not yet log probabilities",
    "test-perplexity-large": "Which number may you take off",
}


# %% perplexity
def perplexity(logits, targets, mask):
    given = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return float(np.exp(-given[mask].mean()))
