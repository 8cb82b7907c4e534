"""Answers come from generators, coroutines and threads that change what was returned after it was returned."""

LOSES = {"test-encode-*": r".", "test-decode-*": r".", "test-standardise-*": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import threading
import time


def encode(text, symbols):
    result = np.zeros(len(text), dtype="int32")

    def later():
        for value in range(100):
            result[:] = value % 6
            time.sleep(0.001)

    threading.Thread(target=later, daemon=True).start()
    return result


# %% decode
async def decode(ids, symbols):
    return "ab"


# %% standardise
def standardise(train, test):
    yield train
    yield test
