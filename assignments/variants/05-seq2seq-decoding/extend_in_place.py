"""The table of log probabilities is changed."""

LOSES = {
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = log_probabilities
    candidates += totals[:, None]
    candidates[finished] = -np.inf
    candidates[finished, PADDING] = totals[finished]
    return candidates
