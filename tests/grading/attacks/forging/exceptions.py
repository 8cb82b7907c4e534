"""Answers raise what might end a test without failing it: StopIteration, look-alikes, exceptions that lie about themselves."""

LOSES = {
    "test-encode-*": r".",
    "test-decode-*": r".",
    "test-masked-mean-*": r".",
    "test-perplexity-*": r".",
    "test-pad-batch-*": r".",
    "test-standardise-*": r".",
}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% encode
def encode(text, symbols):
    raise StopIteration(0)


# %% decode
class CheckFailed(AssertionError):
    __module__ = "coursepkg.checks.failure"

    def __str__(self):
        return ""

    def __eq__(self, other):
        return True


def decode(ids, symbols):
    raise CheckFailed("passed")


# %% masked-mean
class TooSlow(BaseException):
    __module__ = "coursepkg.grading.alarm"


def masked_mean(values, mask):
    raise TooSlow


# %% perplexity
class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True


class Everything(Exception, metaclass=Meta):
    def __str__(self):
        raise KeyError

    __repr__ = __str__
    args = property(lambda self: 1 / 0)


def perplexity(probabilities, ids, mask):
    raise Everything()


# %% pad-batch
def pad_batch(sequences, side="post"):
    raise ExceptionGroup("many", [AssertionError(), KeyError()])


# %% standardise
def standardise(train, test):
    raise type("NotImplementedError", (NotImplementedError,), {})("passed")
