"""Logits are multiplied by the temperature."""

LOSES = {
    "test-temperature-direction": "Should the likely become likelier",
    "test-temperature-limits": "nothing but the likeliest symbol",
}


# %% temperature
def temperature_probabilities(logits, temperature=1.0):
    scaled = logits * temperature
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)
