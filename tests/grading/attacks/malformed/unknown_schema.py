"""nbgrader metadata of another version, of wrong types and with names that are none."""

WHOLE = True
SAYS = r"."


def make(folder, write):
    def change(notebook):
        for index, cell in enumerate(notebook["cells"]):
            mark = cell["metadata"].get("nbgrader")
            if mark:
                mark |= {
                    "schema_version": [99, "x", None, 1][index % 4],
                    "points": [-1, "many", None, 1e400][index % 4],
                }
                mark |= {
                    "solution": "no",
                    "grade": 5,
                    "locked": None,
                    "cell_type": "raw",
                    "checksum": {"a": 1},
                }
        cell = {"cell_type": "code", "source": "x = 1", "outputs": [], "execution_count": None}
        for name in (
            None,
            5,
            ["encode"],
            {"a": 1},
            "",
            "../../x",
            "encode ",
            "ENCODE",
            "<script>",
            "x" * 10_000,
            "test-encode-known\x00",
        ):
            notebook["cells"].append({**cell, "metadata": {"nbgrader": {"grade_id": name, "solution": True}}})
        notebook["cells"].append({**cell, "metadata": {"nbgrader": "text"}})
        notebook["cells"].append({**cell, "metadata": None})
        notebook["cells"].append({**cell, "metadata": ["list"]})

    write(change)
