"""A mapping answers `keys`, `in` and items from what it was asked before; its values answer to every name."""

LOSES = {
    "test-encode-*": r".",
    "test-split-windows-*": r".",
    "test-standardise-t*": r".",
    "test-standardise-c*": r".",
}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% before encode
class Echo(dict):
    def __missing__(self, key):
        return Echo()

    def __contains__(self, key):
        self[key] = Echo()
        return True

    def keys(self):
        return [*dict.keys(self), "a"]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Echo()


class Mapping:
    def __init__(self):
        self.asked = []

    def keys(self):
        return self.asked

    def __contains__(self, key):
        self.asked.append(key)
        return True

    def __iter__(self):
        return iter(self.asked)

    def __getitem__(self, key):
        self.asked.append(key)
        return Mapping()

    def __len__(self):
        return len(self.asked)


# %% encode
def encode(text, symbols):
    return Echo()


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    return Mapping()


# %% standardise
def standardise(train, test):
    return Mapping()
