"""A prediction that stops too early is right as far as it goes."""

LOSES = {
    "test-exact-match-columns": "Neither prediction says END",
}


# %% exact-match
def exact_match(predicted, targets):
    steps = min(predicted.shape[1], targets.shape[1])
    padded = targets.copy()
    padded[:, :steps] = predicted[:, :steps]
    return ((padded == targets) | (targets == PADDING)).all(axis=1).mean()
