"""sys.modules gets other modules under the names of NumPy, the checks, the wire and the examiner; imports are hooked."""

LOSES = {"test-encode-*": r".", "test-masked-mean-real-steps": r".", "test-masked-mean-empty-row": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import builtins
import sys
import types


class Fake(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments, **keywords: None


def encode(text, symbols):
    return "no array"


# %% masked-mean
def masked_mean(values, mask):
    return np.zeros(len(values))


# %% after masked-mean
for name in (
    "coursepkg.checks",
    "coursepkg.checks.comparison",
    "coursepkg.grading.examiner",
    "numpy.testing",
    "json",
    "socket",
    "math",
    "random",
):
    sys.modules[name] = Fake(name)
sys.meta_path.insert(0, types.SimpleNamespace(find_spec=lambda name, path=None, target=None: None))
sys.path[:] = ["/tmp/work"]
