"""The bias is the logarithm of the steps, which keeps less than half."""

LOSES = {
    "test-bias-for-half-life-decay": "acts once in every step",
}


# %% bias-for-half-life
def bias_for_half_life(steps):
    return np.log(steps)
