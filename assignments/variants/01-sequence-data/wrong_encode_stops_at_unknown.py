"""A character outside the vocabulary raises KeyError."""

LOSES = {
    "test-encode-unknown": r"stops at the unknown character .* KeyError",
}


# %% encode
def encode(text, symbols):
    ids = {symbol: number for number, symbol in enumerate(symbols)}
    return np.array([ids[character] for character in text])
