"""length_penalty is not used."""

LOSES = {
}


# %% normalise
def normalise(log_probabilities, lengths, length_penalty):
    return log_probabilities / ((5 + lengths) / 6)
