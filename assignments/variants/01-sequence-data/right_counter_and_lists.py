"""collections.Counter and two stable sorts; lists and tuples wherever a list will do."""

LOSES = {}

# %% build-vocabulary
from collections import Counter


def build_vocabulary(text, max_size=None):
    pairs = sorted(Counter(text).items())
    pairs.sort(key=lambda pair: pair[1], reverse=True)
    symbols = ("[PAD]", "[UNK]") + tuple(character for character, _ in pairs)
    return list(symbols if max_size is None else symbols[:max_size])


# %% encode
def encode(text, symbols):
    return [symbols.index(character) if character in symbols[2:] else 1 for character in text]


# %% decode
def decode(ids, symbols):
    names = np.array(["", *symbols[1:]], dtype=object)
    return str("".join(names[np.asarray(ids, dtype=int)]))
