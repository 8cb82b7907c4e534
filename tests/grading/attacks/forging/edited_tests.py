"""Tests are emptied, moved, multiplied and made worth more; a test's name is put on an answer; foreign tests are added."""

LOSES = {"test-encode-*": r".", "test-decode-*": r"."}
SAYS = r"copied"


def make(folder, write):
    def change(notebook):
        extra = []
        for cell in notebook["cells"]:
            mark = cell["metadata"].get("nbgrader", {})
            if mark.get("grade"):
                mark["points"] = 1000
                if "code" in mark["grade_id"]:
                    cell["source"] = "1000"
                extra.append({**cell, "metadata": {"nbgrader": {**mark, "solution": True, "locked": False}}})
        foreign = {
            "schema_version": 3,
            "grade": True,
            "grade_id": "test-mine",
            "locked": True,
            "points": 500,
            "solution": False,
            "task": False,
        }
        cell = {"cell_type": "code", "source": "1", "outputs": [], "execution_count": 1}
        extra.append({**cell, "metadata": {"nbgrader": foreign}})
        extra.append(
            {**cell, "metadata": {"nbgrader": {**foreign, "grade_id": "test-encode-known", "solution": True}}}
        )
        notebook["cells"] += extra
        notebook["metadata"]["coursepkg"] = {"released": {}}

    write(change)


raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% encode
def encode(text, symbols):
    return None


# %% decode
def decode(ids, symbols):
    return None
