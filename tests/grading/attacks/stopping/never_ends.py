"""Answers never return: a loop, a loop that swallows every interrupt, a sleep, C code that holds the interpreter's lock."""

LOSES = {
    "test-encode-*": r"No answer within 5 s",
    "test-decode-*": r"No answer within 5 s",
    "test-masked-mean-empty-row": r"No answer within 5 s",
    "test-split-windows-no-past": r"No answer within 5 s",
}
LIMITS = {"cell_seconds": 5.0, "submission_seconds": 300.0, "restarts": 30}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
import re
import signal
import time


# %% encode
def encode(text, symbols):
    while True:
        pass


# %% decode
def decode(ids, symbols):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass


# %% masked-mean
def masked_mean(values, mask):
    if values.shape in ((2, 2), (3, 4)):
        re.match("(a+)+$", "a" * 40 + "b")
    return np.where(mask, values, 0.0).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    parts = *make_windows(series[:cut], length, horizon), *make_windows(series[cut:], length, horizon)
    split_windows.calls = getattr(split_windows, "calls", 0) + 1
    if split_windows.calls == 7:  # after one call of the first test and five of its hidden part
        time.sleep(1000)
    return parts
