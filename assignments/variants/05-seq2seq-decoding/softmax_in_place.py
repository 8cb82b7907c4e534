"""The logits that were given are overwritten."""

LOSES = {
    "test-log-softmax-values": "changes its argument 'logits'",
}


# %% log-softmax
def log_softmax(logits):
    logits -= logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
