"""The probabilities of the beam and of the symbol are added."""

LOSES = {
    "test-extend-running": "How do two log probabilities become",
    "test-extend-finished": "Row 0|row 0",
    "test-beam-search-example": "log_probabilities of the ambiguous date",
    "test-beam-search-totals": "Row 0|row 0",
    "test-beam-search-finished": "What became of the beam that ended first",
    "test-beam-search-everything": "START is among the ids",
    "test-beam-search-length": "which two are kept",
    "test-beam-search-few": "compared at every step",
    "test-beam-search-stops": "When is nothing left to do",
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = np.log(np.exp(totals[:, None]) + np.exp(log_probabilities))
    candidates[finished] = -np.inf
    candidates[finished, PADDING] = totals[finished]
    return candidates
