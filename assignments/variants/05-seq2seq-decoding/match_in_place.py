"""What stands behind the target's END is overwritten."""

LOSES = {
    "test-exact-match-end": "changes its argument 'predicted'",
}


# %% exact-match
def exact_match(predicted, targets):
    steps = min(predicted.shape[1], targets.shape[1])
    predicted[:, :steps][targets[:, :steps] == PADDING] = PADDING
    padded = np.full(targets.shape, PADDING)
    padded[:, :steps] = predicted[:, :steps]
    return (padded == targets).all(axis=1).mean()
