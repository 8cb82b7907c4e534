"""The sum over the real symbols."""

LOSES = {
}


# %% masked-loss
def masked_loss(logits, targets):
    real = targets != PADDING  # (batch, timesteps)
    log_probabilities = log_softmax(logits[real])  # (real symbols, vocabulary)
    return -log_probabilities[np.arange(real.sum()), targets[real]].sum()
