"""One uniform number serves all rows."""

LOSES = {
    "test-draw-frequencies": "drawn by its probabilities, and for itself",
}


# %% draw
def draw(probabilities, random):
    sums = np.cumsum(probabilities, axis=1)
    return (sums <= random.random() * sums[:, -1:]).sum(axis=1)
