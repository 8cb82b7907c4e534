"""A finished beam has no way to go on and is lost."""

LOSES = {
    "test-extend-finished": "how many ways does a beam have",
    "test-beam-search-finished": "What became of the beam that ended first",
    "test-beam-search-everything": "No more, no fewer",
    "test-beam-search-length": "which two are kept",
    "test-beam-search-few": "compared at every step",
}


# %% extend
def extend(totals, log_probabilities, finished):
    candidates = totals[:, None] + log_probabilities
    candidates[finished] = -np.inf
    return candidates
