"""A finished beam goes on like the others."""

LOSES = {
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = totals[:, None] + log_probabilities
    return candidates
