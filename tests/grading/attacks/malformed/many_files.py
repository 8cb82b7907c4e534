"""Fifteen hundred files beside the notebook, and folders inside folders."""

STATE = "rejected"
SAYS = r"files"


def make(folder, write):
    write()
    inner = folder
    for number in range(50):
        inner = inner / "d"
        inner.mkdir()
    for number in range(1500):
        (folder / "d" / f"{number}.txt").touch()
