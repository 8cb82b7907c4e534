"""Frames are forged whose heads, shapes, depths and repetitions promise more than any memory holds."""

LOSES = {
    "test-encode-*": r".",
    "test-decode-*": r".",
    "test-masked-mean-*": r".",
    "test-pad-batch-*": r".",
    "test-perplexity-*": r".",
}
LIMITS = {"cell_seconds": 5.0, "restarts": 60}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
import gc
import json

from coursepkg.grading import wire


def forge(text, content=b"", length=None, size=None):
    for one in gc.get_objects():
        if isinstance(one, wire.Connection):
            text = text if isinstance(text, bytes) else json.dumps(text).encode()
            head = wire.HEAD.pack(
                b"cpg1",
                one.sent,
                len(text) if length is None else length,
                len(content) if size is None else size,
            )
            one.socket.setblocking(True)
            one.socket.sendall(head + text + content)
            one.sent += 1
            one.send = lambda *arguments, **keywords: None


def answer(value, described=(), content=b""):
    for number in range(1, 2000):  # the right one is among them, or it is the wrong one
        yield [{"to": number, "value": value}, list(described)], content


# %% encode
def encode(text, symbols):
    forge(b"", length=2**62, size=2**62)


# %% decode
def decode(ids, symbols):
    forge(b"[" * 7_000_000)


# %% masked-mean
def masked_mean(values, mask):
    import sys

    message = sys._getframe(1).f_locals["message"]
    forge(
        [{"to": message["number"], "value": [{"array": 0}] * 100_000}, [["<f8", [10**6]]]], bytes(8 * 10**6)
    )


# %% pad-batch
def pad_batch(sequences, side="post"):
    import sys

    message = sys._getframe(1).f_locals["message"]
    forge(
        [
            {"to": message["number"], "value": {"tuple": [{"array": 0}, {"array": 1}]}},
            [["<f8", [2**40, 0]], ["|S0", [2**62]]],
        ]
    )


# %% perplexity
def perplexity(probabilities, ids, mask):
    import sys

    message = sys._getframe(1).f_locals["message"]
    forge(('[{"to": %d, "value": %s}, []]' % (message["number"], "9" * 1_000_000)).encode())
