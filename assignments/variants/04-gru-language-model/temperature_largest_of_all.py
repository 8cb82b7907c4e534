"""The largest logit of the whole batch is taken off every row."""

LOSES = {
    "test-temperature-rows": "contains NaN",
}


# %% temperature
def temperature_probabilities(logits, temperature=1.0):
    scaled = logits / temperature
    weights = np.exp(scaled - scaled.max())
    return weights / weights.sum(axis=1, keepdims=True)
