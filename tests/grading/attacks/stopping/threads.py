"""A thousand threads are started, in a cell and in an answer, and none of them ends."""

LOSES = {"test-encode-*": r"thread|RuntimeError|within|ended"}
LIMITS = {"cell_seconds": 5.0}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import threading


def encode(text, symbols):
    wait = threading.Event()
    started = []
    for _ in range(1000):
        thread = threading.Thread(target=wait.wait, daemon=True)
        thread.start()
        started.append(thread)
    print("LEAK" + "ED", len(started), "threads")
    return np.zeros(0)
