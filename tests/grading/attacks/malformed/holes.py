"""Files with holes that claim a terabyte, and one that may not be read."""

STATE = "rejected"
SAYS = r"MB"


def make(folder, write):
    import os

    for name in ("01-sequence-data.ipynb", "big.csv"):
        with (folder / name).open("wb") as file:
            try:
                file.truncate(10**12)
            except OSError:
                file.truncate(10**9)
