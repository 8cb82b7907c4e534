"""Divides by the length itself."""

LOSES = {
}


# %% normalise
def normalise(log_probabilities, lengths, length_penalty):
    return log_probabilities / lengths ** length_penalty
