"""An empty folder."""

STATE = "rejected"
SAYS = r"folder is empty"


def make(folder, write):
    pass
