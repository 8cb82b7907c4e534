"""The examiner is driven out of memory in the locked set-up; the checks that the next one finds are the answer's."""

MANUAL = {"test-*": r"could not judge"}
LIMITS = {"memory": 160 * 2**20, "message_bytes": 180 * 2**20}
STATE = "needs a look"
SAYS = r"lost its own process at 'set-up' \(it used more than 160 MiB"

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before set-up
import gc
import time

import numpy as np

from coursepkg.grading import wire

check_equal = check_close = check_pure = check_shapes = lambda *arguments, **keywords: None
generator = np.random.default_rng
left = [2]  # this cell is answered as usual, the next one with a long message that never comes to its end


def send(connection, message, arrays=(), deadline=None):
    left[0] -= 1
    if left[0]:
        return usual(connection, message, arrays, deadline)
    size, piece = 179 * 2**20, bytes(2**20)
    connection._write(wire.HEAD.pack(wire.MAGIC, connection.sent, 2, size) + b"[]", None)
    for _ in range(178):
        connection._write(piece, None)
    time.sleep(600)


usual, wire.Connection.send = wire.Connection.send, send


# %% encode
def encode(text, symbols):
    return None
