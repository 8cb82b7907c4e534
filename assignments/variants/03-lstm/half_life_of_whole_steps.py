"""A half-life of two and a half steps is taken for one of two."""

LOSES = {
    "test-bias-for-half-life-decay": "bias_for_half_life.2.5., what is left .* after 5 steps differs",
}


# %% bias-for-half-life
def bias_for_half_life(steps):
    gate = 0.5 ** (1 / int(steps))
    return np.log(gate / (1 - gate))
