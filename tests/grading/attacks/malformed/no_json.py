"""Bytes that are no text, under a notebook's name."""

STATE = "rejected"
SAYS = r"UTF-8|notebook"


def make(folder, write):
    (folder / "01-sequence-data.ipynb").write_bytes(bytes(range(256)) * 500)
