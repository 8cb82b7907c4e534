"""The most likely symbol is taken."""

LOSES = {
    "test-draw-frequencies": "drawn by its probabilities, and for itself",
    "test-generate-sampler": "Are they drawn",
}


# %% draw
def draw(probabilities, random):
    return np.argmax(probabilities, axis=1)
