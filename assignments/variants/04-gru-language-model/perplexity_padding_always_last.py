"""The mask is taken for a length: its real symbols are thought to come first."""

LOSES = {
    "test-perplexity-padding": "Which steps does the mask call real",
}


# %% perplexity
def perplexity(logits, targets, mask):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    given = np.take_along_axis(log_probabilities, targets[..., None], axis=-1)[..., 0]
    lengths = mask.sum(axis=1)
    nats = [given[row, :length] for row, length in enumerate(lengths)]
    return float(np.exp(-np.concatenate(nats).mean()))
