"""The submission's folder itself is a link to somebody else's."""

STATE = "rejected"
SAYS = r"link"


def make(folder, write):
    folder.rmdir()
    folder.symlink_to(folder.parents[1] / "ada" / "01-sequence-data")
