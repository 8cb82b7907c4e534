"""The notebook asks for R; its cells are Python all the same."""

SAYS = r"kernel"


def make(folder, write):
    def change(notebook):
        notebook["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
        notebook["metadata"]["language_info"] = {"name": "R"}

    write(change)
