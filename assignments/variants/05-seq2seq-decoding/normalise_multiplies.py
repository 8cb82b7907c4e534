"""Multiplies where it should divide."""

LOSES = {
    "test-normalise-power": "a length of 7 by 2",
    "test-beam-search-everything": "best score first",
    "test-beam-search-length": "which two are kept",
    "test-beam-search-few": "the best should come first",
}


# %% normalise
def normalise(log_probabilities, lengths, length_penalty):
    return log_probabilities * ((5 + lengths) / 6) ** length_penalty
