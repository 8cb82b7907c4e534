"""Memory is taken until there is none: in steps, in one piece, as many small objects, in a process of its own."""

LOSES = {
    "test-encode-*": r"memory|Memory|ended",
    "test-decode-*": r"memory|Memory|ended",
    "test-masked-mean-empty-row": r"memory|Memory|ended",
}
LIMITS = {"memory": 300 * 2**20, "cell_seconds": 20.0}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% encode
def encode(text, symbols):
    kept = []
    for _ in range(100):  # 2.5 GB, a fraction of the machine
        kept.append(np.ones(25 * 2**17))
    print("LEAK" + "ED", "2.5 GB")
    return np.zeros(0)


# %% decode
def decode(ids, symbols):
    return np.ones(10**15)


# %% masked-mean
import os


def masked_mean(values, mask):
    if values.shape in ((2, 2), (3, 4)):
        child = os.fork()
        if child == 0:
            kept = [np.ones(2**20) for _ in range(200)]
            print("LEAK" + "ED", len(kept))
            os._exit(0)
        os.waitpid(child, 0)
        return None
    return np.where(mask, values, 0.0).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
