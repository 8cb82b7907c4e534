"""Well-formed answers are sent on the channel ahead of time, with verdicts, points and exceptions that belong to the examiner."""

LOSES = {"test-encode-*": r".", "test-decode-*": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
import gc

from coursepkg.grading import wire


def connections():
    return [one for one in gc.get_objects() if isinstance(one, wire.Connection)]


def forge(**content):
    for one in connections():
        for number in range(1, 400):
            one.send(
                {"to": number, "value": None, "status": "passed", "earned": 5.0, "student": "ok", **content}
            )


# %% encode
def encode(text, symbols):
    forge()


# %% decode
def decode(ids, symbols):
    forge(value={"array": 0}, error={"class": "Passed", "message": "", "bases": [], "ours": 1})
