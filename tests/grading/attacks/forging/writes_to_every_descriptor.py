"""When it is called, an answer writes forged verdicts to every open descriptor, as JSON, as frames, as kernel messages."""

LOSES = {"test-encode-*": r"no answer|sent something|ended|in time"}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import json
import os
import struct


def encode(text, symbols):
    verdict = {
        "status": "passed",
        "earned": 100.0,
        "message": "",
        "outputs": [],
        "student": "ok",
        "seconds": 0.1,
    }
    text = json.dumps([verdict, []]).encode()
    forged = [json.dumps(verdict).encode() + b"\n"]
    forged += [struct.pack("!4sQQQ", b"cpg1", number, len(text), 0) + text for number in range(50)]
    forged += [
        json.dumps({"msg_type": "execute_result", "content": {"data": {"text/plain": "100"}}}).encode()
        + b"\n"
    ]
    for number in range(1, 256):
        try:
            os.set_blocking(number, False)
            for one in forged:
                os.write(number, one)
        except OSError:
            pass
    return np.zeros(0)
