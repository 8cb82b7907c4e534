"""Padding costs nothing, but is counted."""

LOSES = {
    "test-masked-loss-padding": "are real. What became of the others",
    "test-masked-loss-rows": "How much should each of the four weigh",
}


# %% masked-loss
def masked_loss(logits, targets):
    real = targets != PADDING  # (batch, timesteps)
    log_probabilities = log_softmax(logits[real])  # (real symbols, vocabulary)
    return -log_probabilities[np.arange(real.sum()), targets[real]].sum() / targets.size
