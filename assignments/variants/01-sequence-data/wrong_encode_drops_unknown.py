"""A character outside the vocabulary disappears, so ids no longer stand where their characters stood."""

LOSES = {
    "test-encode-unknown": r"X is unknown",
}


# %% encode
def encode(text, symbols):
    ids = {symbol: number for number, symbol in enumerate(symbols)}
    return np.array([ids[character] for character in text if character in ids])
