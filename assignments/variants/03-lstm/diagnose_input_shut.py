"""Complaints are blamed on a network that stores nothing."""

LOSES = {
    "test-diagnose-lost": "of the cases when it is asked at once",
    "test-diagnose-half": "the share of the cell state that is left after ten steps",
}


# %% diagnose
def diagnose():
    shut, open_ = 0.001, 0.999
    found = {"lost": ("input", shut), "confused": ("input", open_), "talkative": ("output", open_)}
    return {**found, "stubborn": ("forget", open_), "half": ("input", 0.5 ** (1 / 10))}
