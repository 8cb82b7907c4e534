"""log_softmax by adding pairs of exponentials, and everything in float64."""

LOSES = {}


# %% log-softmax
def log_softmax(logits):
    logits = np.asarray(logits, dtype="float64")
    return logits - np.logaddexp.reduce(logits, axis=-1)[..., None]


# %% masked-loss
def masked_loss(logits, targets):
    total, count = 0.0, 0
    for row in range(len(targets)):
        for step in range(targets.shape[1]):
            if targets[row, step] == 0:
                break  # nothing but padding follows
            total -= log_softmax(logits[row, step])[targets[row, step]]
            count += 1
    return float(total / count)
