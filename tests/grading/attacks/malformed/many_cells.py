"""A notebook of a hundred thousand cells."""

STATE = "rejected"
SAYS = r"cells"


def make(folder, write):
    def change(notebook):
        cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"] = [cell] * 100_000

    write(change)
