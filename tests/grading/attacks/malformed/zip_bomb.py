"""A zip file in which the notebook itself is a bomb."""

STATE = "rejected"
SAYS = r"."


def make(folder, write):
    import zipfile

    with zipfile.ZipFile(folder / "mine.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("01-sequence-data.ipynb", b" " * 90_000_000)
