"""An answer is sent one byte at a time, each byte in time: the whole is not."""

LOSES = {"test-encode-known": r"No answer within 5 s", "test-encode-unknown": r"No answer within 5 s"}
LIMITS = {"cell_seconds": 5.0}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import gc
import json
import time

from coursepkg.grading import wire


def encode(text, symbols):
    for one in gc.get_objects():
        if isinstance(one, wire.Connection):
            text = json.dumps([{"to": 1, "value": "x" * 5000, "outputs": []}, []]).encode()
            for byte in wire.HEAD.pack(b"cpg1", one.sent, len(text), 0) + text:
                one.socket.send(bytes([byte]))
                time.sleep(0.1)
