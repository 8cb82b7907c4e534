"""The table of log probabilities is changed."""

LOSES = {
    "test-extend-arguments": r"changes its argument '\w+' in place",
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = log_probabilities
    candidates += totals[:, None]
    candidates[finished] = -np.inf
    candidates[finished, PADDING] = totals[finished]
    return candidates
