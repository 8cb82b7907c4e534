"""The largest logit of the whole batch is taken off everywhere."""

LOSES = {
    "test-perplexity-large": "by turns",
}


# %% perplexity
def perplexity(logits, targets, mask):
    shifted = logits - logits.max()
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    given = np.take_along_axis(log_probabilities, targets[..., None], axis=-1)[..., 0]
    return float(np.exp(-given[mask].mean()))
