"""A tree of processes, bounded in number and depth, is started; they leave their session and outlive their parents."""

LOSES = {"test-encode-*": r"BlockingIOError|Resource|ended|within|answer"}
LIMITS = {"cell_seconds": 5.0, "processes": 40}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import os
import sys
import time


def encode(text, symbols):
    started = 0
    for _ in range(60):
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                for _ in range(2):
                    if os.fork() == 0:
                        break
                sys.argv[0] = "@MARK@"
                time.sleep(30)
            finally:
                os._exit(0)
        started += 1
    print("LEAK" + "ED", started, "processes")
    return np.zeros(0)
