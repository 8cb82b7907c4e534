"""A finished beam goes on like the others."""

LOSES = {
    "test-extend-finished": "how many ways does a beam have",
    "test-beam-search-totals": "Row 0|row 0",
    "test-beam-search-finished": "What became of the beam that ended first",
    "test-beam-search-everything": "No more, no fewer",
    "test-beam-search-length": "which two are kept",
    "test-beam-search-few": "compared at every step",
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = totals[:, None] + log_probabilities
    return candidates
