"""At temperature 1 logits are taken for logarithms of probabilities, which need no division."""

LOSES = {
    "test-temperature-softmax": "with \\+3 on all logits",
    "test-top-k-ratios": "off by a factor of 0.8",
    "test-top-k-edges": "with k=1",
    "test-top-p-ratios": "with p=0.7",
    "test-top-p-ties": "4 equally likely symbols",
}


# %% temperature
def temperature_probabilities(logits, temperature=1.0):
    scaled = logits / temperature
    if temperature == 1:
        return np.exp(scaled)
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)
