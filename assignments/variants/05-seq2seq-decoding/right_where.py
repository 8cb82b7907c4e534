"""A finished beam's row is written as a new array."""

LOSES = {}


# %% extend
def extend(totals, log_probabilities, finished):
    nothing_more = np.where(np.arange(log_probabilities.shape[1]) == PADDING, 0.0, -np.inf)
    return np.expand_dims(totals, 1) + np.where(
        np.asarray(finished)[:, None], nothing_more, log_probabilities
    )


# %% normalise
def normalise(log_probabilities, lengths, length_penalty):
    return log_probabilities * np.exp(-length_penalty * (np.log(lengths + 5.0) - np.log(6.0)))
