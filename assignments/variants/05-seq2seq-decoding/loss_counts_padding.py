"""Padding is a symbol like the others."""

LOSES = {
    "test-masked-loss-padding": "are real. What became of the others",
    "test-masked-loss-rows": "How much should each of the four weigh",
}


# %% masked-loss
def masked_loss(logits, targets):
    real = np.ones(targets.shape, dtype=bool)  # (batch, timesteps)
    log_probabilities = log_softmax(logits[real])  # (real symbols, vocabulary)
    return -log_probabilities[np.arange(real.sum()), targets[real]].mean()
