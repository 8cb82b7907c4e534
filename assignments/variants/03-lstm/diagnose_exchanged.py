"""Two complaints are taken for each other."""

LOSES = {
    "test-diagnose-confused": "the complaint says often wrong",
    "test-diagnose-stubborn": "of the cases with one mark",
}


# %% diagnose
def diagnose():
    shut, open_ = 0.001, 0.999
    found = {"lost": ("forget", shut), "confused": ("forget", open_), "talkative": ("output", open_)}
    return {**found, "stubborn": ("input", open_), "half": ("forget", 0.5 ** (1 / 10))}
