"""The probabilities of the beam and of the symbol are added."""

LOSES = {
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = np.log(np.exp(totals[:, None]) + np.exp(log_probabilities))
    candidates[finished] = -np.inf
    candidates[finished, PADDING] = totals[finished]
    return candidates
