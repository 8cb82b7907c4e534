"""A candidate has the log probability of its last symbol."""

LOSES = {
    "test-extend-running": "How do two log probabilities become",
    "test-extend-finished": "Row 0|row 0",
    "test-beam-search-example": "log_probabilities of the ambiguous date",
    "test-beam-search-totals": "Row 0|row 0",
    "test-beam-search-finished": "What became of the beam that ended first",
    "test-beam-search-everything": "It was found by trying them all",
    "test-beam-search-few": "compared at every step",
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = 0.0 + log_probabilities
    candidates[finished] = -np.inf
    candidates[finished, PADDING] = totals[finished]
    return candidates
