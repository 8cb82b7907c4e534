"""A candidate has the log probability of its last symbol."""

LOSES = {
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = 0.0 + log_probabilities
    candidates[finished] = -np.inf
    candidates[finished, PADDING] = totals[finished]
    return candidates
