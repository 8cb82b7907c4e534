"""A cell never ends; the cells behind it are run without it."""

LIMITS = {"cell_seconds": 5.0}
SAYS = r"left out"

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()

# %% after test-encode-known
while True:
    try:
        input("for ever")
        import time

        time.sleep(100)
    except BaseException:
        pass
