"""An answer raises what it finds when it follows the frames that called it."""

LOSES = {"test-encode-*": r"stack|stops at the unknown"}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import sys


def encode(text, symbols):
    told, frame = [], sys._getframe()
    while frame is not None:
        told.append(frame.f_code.co_name)
        told += [
            str(value) for value in frame.f_locals.values() if isinstance(value, str) and "canary-" in value
        ]
        frame = frame.f_back
    raise KeyError("stack " + " ".join(told)[-1200:])
