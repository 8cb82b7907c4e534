"""A generator of its own is used."""

LOSES = {
    "test-draw-frequencies": "all chance come from the argument",
    "test-generate-sampler": "in generate and in draw",
}


# %% draw
def draw(probabilities, random):
    own = np.random.default_rng()
    return np.array([own.choice(probabilities.shape[1], p=row) for row in probabilities])
