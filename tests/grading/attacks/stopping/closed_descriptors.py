"""All descriptors are closed, replaced and exhausted: the channel is gone, and with it the questions that were under way."""

LOSES = {
    "test-encode-*": r"ended|answer|stops at",
    "test-decode-*": r"ended|answer|within",
    "test-masked-mean-*": r".",
}
LIMITS = {"cell_seconds": 5.0}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
import os
import socket


# %% encode
def encode(text, symbols):
    os.closerange(0, 256)
    return np.zeros(len(text), dtype="int32")


# %% decode
def decode(ids, symbols):
    null = os.open("/dev/null", os.O_RDWR)
    for number in range(256):
        if number != null:
            os.dup2(null, number)
    return "ab"


# %% masked-mean
def masked_mean(values, mask):
    opened = []
    while True:
        try:
            opened.append(socket.socketpair())
        except OSError:
            break
    raise OSError("no descriptors left")
