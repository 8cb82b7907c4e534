"""The checks, NumPy's testing tools and the exceptions that they raise are patched everywhere in the process."""

LOSES = {"test-encode-*": r"is None", "test-masked-mean-*": r"is None"}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import sys

import numpy.testing
import coursepkg.checks
from coursepkg.checks import behaviour, comparison, conversion, failure

for module in (
    coursepkg.checks,
    behaviour,
    comparison,
    conversion,
    failure,
    numpy.testing,
    sys.modules["__main__"],
):
    for name in dir(module):
        if name.startswith(("check_", "assert_", "as_", "fail", "_check", "agree", "require")):
            setattr(module, name, lambda *arguments, **keywords: None)
np.allclose = np.array_equal = np.all = np.isclose = lambda *arguments, **keywords: True
AssertionError = CheckFailed = ValueError = KeyError


def encode(text, symbols):
    pass


# %% masked-mean
def masked_mean(values, mask):
    pass
