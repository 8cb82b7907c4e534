"""The exponentials of large logits are infinite."""

LOSES = {
    "test-masked-loss-value": "Which exercise saw to logits of any size",
    "test-log-softmax-large": "the logarithm of 0 was taken",
}


# %% log-softmax
def log_softmax(logits):
    shifted = logits
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
