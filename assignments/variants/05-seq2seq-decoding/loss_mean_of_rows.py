"""The mean of the means of the rows."""

LOSES = {
    "test-masked-loss-rows": "How much should each of the four weigh",
}


# %% masked-loss
def masked_loss(logits, targets):
    real = targets != PADDING
    costs = -np.take_along_axis(log_softmax(logits), targets[..., None], axis=2)[..., 0]
    return np.mean(np.where(real, costs, 0.0).sum(axis=1) / real.sum(axis=1))
