"""Objects claim to be of another class, and their metaclass answers questions about it."""

LOSES = {"test-encode-*": r".", "test-pad-batch-*": r".", "test-perplexity-*": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% before encode
class Claim:
    def __init__(self, kind, value=0):
        self.kind, self.value = kind, value

    __class__ = property(lambda self: self.kind)
    __float__ = lambda self: 4.0
    __index__ = lambda self: 4
    __len__ = lambda self: 2
    __getitem__ = lambda self, key: Claim(np.ndarray)
    __getattr__ = lambda self, name: Claim(np.ndarray)
    shape = (5,)
    dtype = np.dtype("int32")


# %% encode
def encode(text, symbols):
    return Claim(np.ndarray)


# %% pad-batch
def pad_batch(sequences, side="post"):
    return Claim(tuple)


# %% perplexity
def perplexity(probabilities, ids, mask):
    return Claim(type(None))
