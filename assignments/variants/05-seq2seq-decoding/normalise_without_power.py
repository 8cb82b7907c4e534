"""length_penalty is not used."""

LOSES = {
    "test-normalise-zero": "Every number to the power of 0",
    "test-normalise-power": "the square root of 4",
    "test-beam-search-everything": "best score first",
    "test-beam-search-few": "the best should come first",
}


# %% normalise
def normalise(log_probabilities, lengths, length_penalty):
    return log_probabilities / ((5 + lengths) / 6)
