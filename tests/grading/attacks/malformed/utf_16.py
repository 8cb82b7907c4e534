"""The notebook is saved as UTF-16, as Windows' Notepad once did."""

SAYS = r"UTF-8"


def make(folder, write):
    write()
    path = folder / "01-sequence-data.ipynb"
    path.write_bytes(path.read_text().encode("utf-16"))
