"""What stands behind END must be padding."""

LOSES = {
    "test-exact-match-end": "Both rows are right up to END",
}


# %% exact-match
def exact_match(predicted, targets):
    steps = min(predicted.shape[1], targets.shape[1])
    padded = np.full(targets.shape, PADDING)
    padded[:, :steps] = predicted[:, :steps]
    return (padded == targets).all(axis=1).mean()
