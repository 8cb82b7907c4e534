"""Reading ends at the first padding, so a sequence padded in front reads as nothing."""

LOSES = {
    "test-decode-padding": r"decode\(\[0, 2, 3\]",
}


# %% decode
def decode(ids, symbols):
    characters = []
    for number in ids:
        if number == 0:
            break
        characters.append(symbols[number])
    return "".join(characters)
