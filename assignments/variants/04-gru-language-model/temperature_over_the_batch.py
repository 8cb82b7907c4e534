"""The whole batch adds up to 1."""

LOSES = {
    "test-temperature-rows": "The sum of each row",
    "test-top-k-edges": "with k=1",
    "test-top-p-rows": "of a sure and an unsure row",
}


# %% temperature
def temperature_probabilities(logits, temperature=1.0):
    scaled = logits / temperature
    weights = np.exp(scaled - scaled.max())
    return weights / weights.sum()
