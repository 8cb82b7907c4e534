"""END is taken for padding."""

LOSES = {
    "test-masked-loss-end": "the symbol costs 1 and END costs 5|The symbol costs 1 and END costs 5",
}


# %% masked-loss
def masked_loss(logits, targets):
    real = targets > END  # (batch, timesteps)
    log_probabilities = log_softmax(logits[real])  # (real symbols, vocabulary)
    return -log_probabilities[np.arange(real.sum()), targets[real]].mean()
