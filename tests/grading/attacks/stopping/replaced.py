"""An answer replaces its process by another program, which keeps the channel open and says nothing."""

LOSES = {"test-encode-*": r"within 5 s|ended|stops at the unknown", "test-decode-*": r"ended"}
LIMITS = {"cell_seconds": 5.0, "submission_seconds": 300.0, "restarts": 60}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
import os
import threading


# %% encode
def encode(text, symbols):
    os.execv("/bin/sh", ["sh", "-c", "sleep 30"])


# %% decode
def decode(ids, symbols):
    threading.Thread(target=os._exit, args=(0,)).start()
    threading.Event().wait()
