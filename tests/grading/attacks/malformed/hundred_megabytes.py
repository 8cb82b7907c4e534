"""A notebook of 100 MB, made of one output."""

STATE = "rejected"
SAYS = r"105 MB|10\d MB"


def make(folder, write):
    write()
    path = folder / "01-sequence-data.ipynb"
    text = path.read_text().replace(
        '"outputs": []', '"outputs": [{"output_type": "stream", "name": "stdout", "text": "@"}]', 1
    )
    with path.open("w") as file:
        before, behind = text.split('"@"')
        file.write(before + '"')
        for _ in range(100):
            file.write("x" * 2**20)
        file.write('"' + behind)
