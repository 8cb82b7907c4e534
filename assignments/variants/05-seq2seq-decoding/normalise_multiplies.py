"""Multiplies where it should divide."""

LOSES = {
}


# %% normalise
def normalise(log_probabilities, lengths, length_penalty):
    return log_probabilities * ((5 + lengths) / 6) ** length_penalty
