"""Everything in float32."""

LOSES = {}


# %% log-softmax
def log_softmax(logits):
    logits = np.asarray(logits, dtype="float32")
    logits = logits - np.max(logits, -1, keepdims=True)
    return logits - np.log(np.sum(np.exp(logits), -1, keepdims=True))


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = np.empty(log_probabilities.shape, dtype="float32")
    for beam in range(len(totals)):
        if finished[beam]:
            candidates[beam, :] = float("-inf")
            candidates[beam, 0] = totals[beam]
        else:
            candidates[beam] = log_probabilities[beam] + totals[beam]
    return candidates
