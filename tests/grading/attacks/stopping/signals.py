"""Signals: stopped for good, everything it may signal killed, its parent and process 1 attacked."""

LOSES = {
    "test-encode-*": r"No such process",
    "test-decode-*": r"within 5 s",
    "test-masked-mean-*": r"within 5 s",
}
LIMITS = {"cell_seconds": 5.0}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
import os
import signal

for number in range(1, 65):
    for target in (1, os.getppid()):
        try:
            os.kill(target, number)
        except (OSError, ValueError):
            pass


# %% encode
def encode(text, symbols):
    os.kill(-1, signal.SIGKILL)
    os.killpg(0, signal.SIGKILL)


# %% decode
def decode(ids, symbols):
    os.kill(os.getpid(), signal.SIGSTOP)


# %% masked-mean
def masked_mean(values, mask):
    os.kill(0, signal.SIGSTOP)
