"""Sixty processes compute, each in a session of its own, so that the scheduler serves them before everybody else."""

LOSES = {"test-encode-*": r"computed at the same time"}
LIMITS = {"cell_seconds": 30.0, "submission_seconds": 300.0}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import os


def encode(text, symbols):
    for _ in range(55):
        if os.fork() == 0:
            os.setsid()
            while True:
                pass
    while True:
        pass
