"""What answers return is huge, deep, circular or full of objects."""

LOSES = {
    "test-encode-*": r"handed over|MiB|large",
    "test-decode-*": r"handed over|characters|large",
    "test-pad-batch-*": r"handed over|nested|levels|entries",
    "test-masked-mean-*": r".",
    "test-perplexity-*": r".",
    "test-split-windows-*": r".",
    "test-standardise-*": r".",
}
LIMITS = {"cell_seconds": 10.0, "restarts": 40, "message_bytes": 16 * 2**20}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% encode
def encode(text, symbols):
    return np.zeros(10**7)


# %% decode
def decode(ids, symbols):
    return "x" * 10**8


# %% pad-batch
def pad_batch(sequences, side="post"):
    circle = []
    circle.append(circle)
    return circle, circle


# %% masked-mean
def masked_mean(values, mask):
    return (
        [object() for _ in range(20_000)] if mask.any() and not mask.all() and mask.shape == (2, 3) else None
    )


# %% perplexity
def perplexity(probabilities, ids, mask):
    return 7 ** (10**5)


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    return (
        np.zeros((2**40, 0)),
        np.zeros((0, 2**40)),
        np.lib.stride_tricks.as_strided(np.zeros(1), (2**30,), (0,)),
        [[]] * 10**6,
    )


# %% standardise
def standardise(train, test):
    return {number: {number: "x" * 200} for number in range(35_000)}, train
