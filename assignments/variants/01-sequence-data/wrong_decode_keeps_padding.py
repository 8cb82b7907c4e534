"""Padding is written out as [PAD]."""

LOSES = {
    "test-decode-padding": r"decode\(\[2, 3, 0, 0\]",
}


# %% decode
def decode(ids, symbols):
    return "".join(symbols[number] for number in ids)
