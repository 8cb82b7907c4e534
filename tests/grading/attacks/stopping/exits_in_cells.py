"""Cells themselves end the process, before, between and after the answers."""

SAYS = r"ended itself"
WHOLE = True
MAY_LOSE = ("test-encode-*", "test-decode-*")  # whose answers stand in such a cell

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import os

os._exit(0)

# %% encode
import os


def encode(text, symbols):
    return np.array([symbols.index(one) if one in symbols else 1 for one in text], dtype="int32")


os._exit(3)

# %% after test-encode-unknown
import signal

os.kill(os.getpid(), signal.SIGTERM)

# %% after test-decode-order
raise SystemExit
