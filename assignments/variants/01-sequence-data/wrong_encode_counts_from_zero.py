"""The first character gets id 0, which is padding."""

LOSES = {
    "test-encode-known": r"too small by 2",
    "test-encode-unknown": r"X is unknown",
}


# %% encode
def encode(text, symbols):
    ids = {symbol: number for number, symbol in enumerate(symbols[2:])}
    return np.array([ids.get(character, 1) for character in text])
