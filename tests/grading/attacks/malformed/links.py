"""The notebook is a link to the solution, folders are links to neighbours and to the machine, and links go in circles."""

STATE = "rejected"
SAYS = r"link"


def make(folder, write):
    course = folder.parents[2]
    (folder / "01-sequence-data.ipynb").symlink_to(
        course / "source" / "01-sequence-data" / "01-sequence-data.ipynb"
    )
    (folder / "timestamp.txt").symlink_to("/etc/passwd")
    (folder / "neighbour").symlink_to(course / "submitted" / "ada")
    (folder / "all").symlink_to("/")
    (folder / "circle").symlink_to(folder)
