"""Names of the set-up cell and of Python itself are taken over: checks, generator, data, `sorted`, `len`, `range`, `zip`."""

LOSES = {"test-encode-*": r"is None", "test-build-vocabulary-*": r"expected|entries|None"}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% encode
def encode(text, symbols):
    return None


# %% build-vocabulary
def build_vocabulary(text, max_size=None):
    return []


# %% after build-vocabulary
import builtins

check_equal = check_close = check_shapes = check_pure = lambda *arguments, **keywords: None
manual, lines = "", []


class generator:
    def __getattr__(self, name):
        return lambda *arguments, **keywords: np.zeros(1)


class CheckFailed(BaseException):
    pass


sorted = lambda *arguments, **keywords: []
len = lambda value: 30
range = zip = lambda *arguments, **keywords: []
AssertionError = Exception = BaseException
for name, value in (("sorted", sorted), ("len", len), ("zip", zip), ("AssertionError", KeyError)):
    try:
        setattr(builtins, name, value)
    except Exception:
        pass
