"""np.unique with counts and np.lexsort for the vocabulary; searchsorted for the ids."""

LOSES = {}


# %% build-vocabulary
def build_vocabulary(text, max_size=None):
    if not text:
        return ["[PAD]", "[UNK]"]
    characters, counts = np.unique(np.array(list(text)), return_counts=True)
    order = np.lexsort((characters, -counts))
    symbols = ["[PAD]", "[UNK]"] + characters[order].tolist()
    return symbols if max_size is None else symbols[:max_size]


# %% encode
def encode(text, symbols):
    known = np.array(symbols[2:])
    order = np.argsort(known)
    wanted = np.array(list(text), dtype=known.dtype if len(known) else "U1")
    place = np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)
    return np.where(known[order][place] == wanted, order[place] + 2, 1).astype(np.int64)
