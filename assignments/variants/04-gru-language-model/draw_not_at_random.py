"""Every symbol gets its share of the rows, and nothing is drawn."""

LOSES = {
    "test-draw-frequencies": "seeds 1 and 2",
    "test-generate-sampler": "at every step anew",
}


# %% draw
def draw(probabilities, random):
    sums = np.cumsum(probabilities, axis=1)
    even = (np.arange(len(sums)) + 0.5) / len(sums)
    return (sums <= even[:, None] * sums[:, -1:]).sum(axis=1)
