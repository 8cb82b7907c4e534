"""A finished beam has no way to go on and is lost."""

LOSES = {
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = totals[:, None] + log_probabilities
    candidates[finished] = -np.inf
    return candidates
