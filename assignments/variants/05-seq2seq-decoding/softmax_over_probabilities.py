"""Small probabilities become 0 before their logarithm is taken."""

LOSES = {
    "test-log-softmax-large": "the logarithm of 0 was taken",
}


# %% log-softmax
def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    return np.log(powers / powers.sum(axis=-1, keepdims=True))
