"""An object writes down all that it is asked and compared with, to learn what is expected and to answer that."""

LOSES = {"test-encode-*": r".", "test-masked-mean-*": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
asked = []


class Ear:
    def __init__(self, *arguments):
        self.arguments = arguments

    def __getattr__(self, name):
        asked.append(name)
        if name.startswith("__array"):
            raise AttributeError(name)
        return Ear(name)

    def __eq__(self, other):
        print("LEAK" + "ED", "compared with", other)
        return True

    def __contains__(self, value):
        asked.append(("contains", value))
        return True

    def __getitem__(self, key):
        asked.append(("item", key))
        return Ear(key)

    def __call__(self, *arguments, **keywords):
        asked.append((arguments, keywords))
        return self

    def __len__(self):
        return 5

    def __iter__(self):
        return iter(asked)

    def __lt__(self, other):
        print("LEAK" + "ED", "compared with", other)
        return True

    __gt__ = __le__ = __ge__ = __ne__ = __lt__
    __hash__ = None

    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        print("LEAK" + "ED", ufunc, inputs)
        return np.True_

    def __array_function__(self, function, types, arguments, keywords):
        print("LEAK" + "ED", function, arguments)
        return np.True_


# %% encode
def encode(text, symbols):
    return Ear(text)


# %% masked-mean
def masked_mean(values, mask):
    return Ear(values)
