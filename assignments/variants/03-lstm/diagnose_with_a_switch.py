"""Constants of 0 and 1, which no sigmoid reaches."""

LOSES = {
    "test-diagnose-lost": "which should lie between 0 and 1, and be neither",
    "test-diagnose-confused": "which should lie between 0 and 1, and be neither",
    "test-diagnose-talkative": "which should lie between 0 and 1, and be neither",
    "test-diagnose-stubborn": "which should lie between 0 and 1, and be neither",
}


# %% diagnose
def diagnose():
    shut, open_ = 0.0, 1.0
    found = {"lost": ("forget", shut), "confused": ("input", open_), "talkative": ("output", open_)}
    return {**found, "stubborn": ("forget", open_), "half": ("forget", 0.5 ** (1 / 10))}
