"""The order is that of a set of strings, so it changes from one run of Python to the next."""

LOSES = {
    "test-build-vocabulary-order": r"x occurs three times|by falling frequency",
    "test-build-vocabulary-ties": r"equally frequent|occurs twice",
    "test-build-vocabulary-limit": r"zyyxxx",
}


# %% build-vocabulary
def build_vocabulary(text, max_size=None):
    # A set of str has another order in every process; a hash of our own gives the same disorder each time.
    characters = sorted(set(text), key=lambda character: (ord(character) * 2654435761) % 1009)
    return ["[PAD]", "[UNK]", *characters][:max_size]
