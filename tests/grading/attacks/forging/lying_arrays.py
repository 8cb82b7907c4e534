"""Array subclasses and array-likes lie by __array_ufunc__, __array_function__, __array_finalize__ and __eq__."""

LOSES = {"test-encode-*": r".", "test-masked-mean-*": r".", "test-pad-batch-*": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% before encode
class Lie(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        return np.True_

    def __array_function__(self, function, types, arguments, keywords):
        return np.True_

    def __array_wrap__(self, *arguments):
        return np.True_

    def __eq__(self, other):
        return np.True_

    def all(self, *arguments, **keywords):
        return True

    shape = property(lambda self: (5,), lambda self, value: None)
    __array_priority__ = 1e9


class Like:
    def __init__(self):
        self.calls = 0

    def __array__(self, dtype=None, copy=None):
        self.calls += 1
        return np.full((2,), float(self.calls))

    __array_ufunc__ = Lie.__array_ufunc__
    __array_function__ = Lie.__array_function__
    __array_interface__ = {"version": 3, "shape": (2**40,), "typestr": "<f8", "data": (0, False)}
    __array_struct__ = 5


# %% encode
def encode(text, symbols):
    return np.zeros(5, dtype="int32").view(Lie)


# %% masked-mean
def masked_mean(values, mask):
    return Like()


# %% pad-batch
def pad_batch(sequences, side="post"):
    return np.ma.masked_all((2, 3)), np.ma.masked_all((2, 3), dtype=bool)
