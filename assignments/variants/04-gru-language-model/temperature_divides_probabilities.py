"""Probabilities are divided by the temperature instead of logits."""

LOSES = {
    "test-temperature-direction": "Should the likely become likelier",
    "test-temperature-limits": "nothing but the likeliest symbol",
}


# %% temperature
def temperature_probabilities(logits, temperature=1.0):
    weights = np.exp(logits - logits.max(axis=1, keepdims=True)) / temperature
    return weights / weights.sum(axis=1, keepdims=True)
