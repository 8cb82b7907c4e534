"""The share of right symbols."""

LOSES = {
    "test-exact-match-rows": "rows of 6 are wrong|One row of three is right",
    "test-exact-match-end": "Row 1 should have ended after its first symbol",
    "test-exact-match-columns": "Row 1 stops too early",
}


# %% exact-match
def exact_match(predicted, targets):
    steps = min(predicted.shape[1], targets.shape[1])
    padded = np.full(targets.shape, PADDING)
    padded[:, :steps] = predicted[:, :steps]
    return ((padded == targets) | (targets == PADDING)).mean()
