"""An answer returns an object that is equal to everything."""

LOSES = {"test-decode-*": r".", "test-encode-*": r".", "test-build-vocabulary-*": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% before build-vocabulary
class Same:
    def __eq__(self, other):
        return True

    __ne__ = lambda self, other: False
    __lt__ = __gt__ = __le__ = __ge__ = __contains__ = __eq__
    __hash__ = lambda self: 0
    __bool__ = lambda self: True
    __len__ = lambda self: 5
    __getitem__ = lambda self, key: self
    __getattr__ = lambda self, name: self
    __call__ = lambda self, *arguments, **keywords: self
    __iter__ = lambda self: iter([self] * 5)
    __sub__ = __rsub__ = __abs__ = __truediv__ = __float__ = lambda self, *other: self
    __array_priority__ = 1e9


# %% build-vocabulary
def build_vocabulary(text, max_size=None):
    return Same()


# %% encode
def encode(text, symbols):
    return Same()


# %% decode
def decode(ids, symbols):
    return Same()
