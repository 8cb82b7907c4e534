"""The log probabilities that were given are overwritten."""

LOSES = {
    "test-normalise-power": "changes its argument 'log_probabilities'",
    "test-beam-search-everything": "with length_penalty=2",
    "test-beam-search-few": "The scores of all candidates were compared|the best should come first",
}


# %% normalise
def normalise(log_probabilities, lengths, length_penalty):
    log_probabilities /= ((5 + lengths) / 6) ** length_penalty
    return log_probabilities
