"""The interpreter crashes: a null pointer, a stack without end, a freed object, a broken code object."""

LOSES = {
    "test-encode-*": r"crashed|ended|stops at",
    "test-decode-*": r"crashed|ended|Recursion",
    "test-masked-mean-real-steps": r"crashed|ended",
    "test-masked-mean-garbage": r"crashed|ended",
    "test-masked-mean-empty-row": r"crashed|ended",
    "test-perplexity-*": r"crashed|ended|Recursion",
}
LIMITS = {"restarts": 40}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
import ctypes
import sys


# %% encode
def encode(text, symbols):
    ctypes.string_at(0)


# %% decode
def decode(ids, symbols):
    sys.setrecursionlimit(10**9)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name)

    return Deep().x


# %% masked-mean
def masked_mean(values, mask):
    ctypes.pythonapi.Py_DecRef(ctypes.py_object(None))
    ctypes.memset(id(None), 0, 64)
    return None


# %% perplexity
def perplexity(probabilities, ids, mask):
    return perplexity(probabilities, ids, mask)
