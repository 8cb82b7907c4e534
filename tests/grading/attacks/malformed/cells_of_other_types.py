"""Answers and tests come back as texts and raw cells, texts as code."""

LOSES = {"test-encode-*": r".", "test-decode-*": r"."}
SAYS = r"text cell|edited"


def make(folder, write):
    def change(notebook):
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name == "encode":
                cell["cell_type"] = "markdown"
            elif name == "decode":
                cell["cell_type"] = "raw"
            elif name.startswith("test-"):
                cell["cell_type"] = ["markdown", "raw", "heading", "unknown", 5][len(name) % 5]

    write(change)
