"""The softmax takes exp of large numbers."""

LOSES = {
    "test-temperature-limits": "contains NaN",
}


# %% temperature
def temperature_probabilities(logits, temperature=1.0):
    weights = np.exp(logits / temperature)
    return weights / weights.sum(axis=1, keepdims=True)
