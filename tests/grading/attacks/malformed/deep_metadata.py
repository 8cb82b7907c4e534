"""Metadata and outputs are nested nine hundred levels deep and hold numbers that are none: all of it is left out."""


def make(folder, write):
    def change(notebook):
        deep = []
        for _ in range(900):
            deep = [deep]
        notebook["metadata"]["deep"] = deep
        for cell in notebook["cells"]:
            cell["metadata"]["deep"] = deep
            cell["metadata"]["number"] = float("nan")
            cell["id"] = {"not": "text"}
        notebook["metadata"]["kernelspec"] = ["no", "dict"]
        notebook["metadata"]["language_info"] = 5

    write(change)
