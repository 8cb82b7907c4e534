"""What is returned is the gate, not its bias."""

LOSES = {
    "test-bias-for-half-life-decay": "acts once in every step",
}


# %% bias-for-half-life
def bias_for_half_life(steps):
    return 0.5 ** (1 / steps)
