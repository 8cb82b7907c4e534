"""The probabilities of a column add up to 1."""

LOSES = {
}


# %% log-softmax
def log_softmax(logits):
    shifted = logits - logits.max(axis=0, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
