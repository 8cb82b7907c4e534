"""The notebook stops in the middle."""

STATE = "rejected"
SAYS = r"stops in the middle"


def make(folder, write):
    write()
    path = folder / "01-sequence-data.ipynb"
    path.write_bytes(path.read_bytes()[:9_000])
