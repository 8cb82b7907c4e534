"""Whether the prediction ends does not matter."""

LOSES = {
    "test-exact-match-end": "Row 1 should have ended after its first symbol",
    "test-exact-match-columns": "Neither prediction says END",
}


# %% exact-match
def exact_match(predicted, targets):
    steps = min(predicted.shape[1], targets.shape[1])
    padded = np.full(targets.shape, PADDING)
    padded[:, :steps] = predicted[:, :steps]
    return ((padded == targets) | (targets <= END)).all(axis=1).mean()
