"""The characters come back as a list instead of one str."""

LOSES = {
    "test-decode-order": r"is a list|of type list",
    "test-decode-padding": r"is a list|of type list",
}


# %% decode
def decode(ids, symbols):
    return [symbols[number] for number in ids if number != 0]
