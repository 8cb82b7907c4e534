"""Subclasses of str, list, int, float and dict lie about length, content and equality."""

LOSES = {
    "test-decode-*": r".",
    "test-build-vocabulary-*": r".",
    "test-perplexity-*": r".",
    "test-encode-*": r".",
}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% before build-vocabulary
def lie(base):
    yes = lambda self, *others: True
    names = ("eq", "ne", "lt", "le", "gt", "ge", "contains", "bool")
    content = {f"__{name}__": yes for name in names} | {
        "__hash__": lambda self: 0,
        "__len__": lambda self: 30,
        "__getitem__": lambda self, key: self,
        "__iter__": lambda self: iter([self] * 30),
        "casefold": lambda self: self,
        "keys": lambda self: [1],
        "__class__": property(lambda self: base),
    }
    return type("Lie", (base,), content)


# %% build-vocabulary
def build_vocabulary(text, max_size=None):
    return lie(list)(["[PAD]", "[UNK]"])


# %% encode
def encode(text, symbols):
    return lie(dict)({0: 1})


# %% decode
def decode(ids, symbols):
    return lie(str)("wrong")


# %% perplexity
def perplexity(probabilities, ids, mask):
    return lie(float)(1.5)
