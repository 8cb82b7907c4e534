"""A thread patches builtins, NumPy, checks and the notebook's names over and over while tests run."""

LOSES = {"test-encode-*": r".", "test-decode-*": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import builtins
import sys
import threading
import time


def keep_patching():
    while True:
        for module in list(sys.modules.values()):
            if getattr(module, "__name__", "").startswith(
                ("coursepkg.checks", "numpy.testing", "coursepkg.grading.examiner")
            ):
                for name in list(vars(module)):
                    if "check" in name or "assert" in name or "grade" in name.lower():
                        setattr(module, name, lambda *arguments, **keywords: None)
        builtins.AssertionError = KeyError
        time.sleep(0.01)


for _ in range(3):
    threading.Thread(target=keep_patching, daemon=True).start()


def encode(text, symbols):
    return np.zeros(0)


# %% decode
def decode(ids, symbols):
    return ""
