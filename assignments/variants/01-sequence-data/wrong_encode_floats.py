"""The ids are floating-point numbers, which cannot be used as indices."""

LOSES = {
    "test-encode-known": r"used as indices",
}


# %% encode
def encode(text, symbols):
    ids = np.ones(len(text))
    for step, character in enumerate(text):
        if character in symbols:
            ids[step] = symbols.index(character)
    return ids
