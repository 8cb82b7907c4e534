"""The probabilities are computed anew, and not kept from overflowing."""

LOSES = {
    "test-masked-loss-value": "Which exercise saw to logits of any size",
}


# %% masked-loss
def masked_loss(logits, targets):
    real = targets != PADDING
    exponentials = np.exp(logits[real])
    log_probabilities = np.log(exponentials / exponentials.sum(axis=-1, keepdims=True))
    return -log_probabilities[np.arange(real.sum()), targets[real]].mean()
