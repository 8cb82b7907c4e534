"""Answers are generators, iterators and containers without end, or objects that answer every question with another one."""

LOSES = {
    "test-encode-*": r".",
    "test-decode-*": r".",
    "test-pad-batch-*": r".",
    "test-perplexity-*": r".",
    "test-split-windows-*": r".",
}
LIMITS = {"cell_seconds": 5.0, "submission_seconds": 300.0, "restarts": 40}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
import itertools


class Endless:
    __iter__ = lambda self: iter(itertools.count())
    __len__ = lambda self: 2**60
    __getitem__ = lambda self, key: Endless()
    __call__ = lambda self, *arguments: Endless()


# %% encode
def encode(text, symbols):
    while True:
        yield 1


# %% decode
def decode(ids, symbols):
    return itertools.repeat("a")


# %% pad-batch
def pad_batch(sequences, side="post"):
    return Endless()


# %% perplexity
def perplexity(probabilities, ids, mask):
    return range(2**60)


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    class Slow:
        __len__ = lambda self: 4
        __getitem__ = lambda self, key: itertools.count()

        def __iter__(self):
            while True:
                yield itertools.count()

    return Slow()
