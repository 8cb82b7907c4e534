"""The cells of an assignment: what each is for, and what it is worth."""

import ast
import re
from dataclasses import dataclass

from coursepkg.grading.borrowed import names_of, parse

HIDDEN_TESTS = re.compile(
    r"^[^\n]*BEGIN HIDDEN TESTS[^\n]*\n.*?^[^\n]*END HIDDEN TESTS[^\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class PlanCell:
    """One cell that the grader runs or that a person grades.

    Attributes:
        kind: str: `"test"`, `"solution"`, `"locked"`, `"code"` (the student's own) or `"manual"`.
        name: str, the grade_id, or a description such as `"cell 7"`.
        source: str.
        points: float, what the cell is worth.
        heading: str, the nearest heading of the assignment above the cell.
        index: int, the cell's place in the rebuilt notebook.
        runs: bool, whether it is code. A written answer is not.
    """

    kind: str
    name: str
    source: str
    points: float
    heading: str
    index: int
    runs: bool = True


@dataclass
class Rebuilt:
    """A submission put into the form of the release.

    Attributes:
        notebook: `nbformat.NotebookNode`, without outputs.
        cells: list of `PlanCell`, in the order in which they run.
        notes: list of str, for the student: what was unusual.
        unanswered: list of str, the grade_ids of answers left as they were released.
    """

    notebook: object
    cells: list
    notes: list
    unanswered: list


def unguarded_imports(source):
    """Names that tests use and that a cell imports which is the student's to change.

    In such a cell a student can make `np.testing` whatever pleases; the same cell, locked, gives the tests
    modules of their own.

    Args:
        source: a notebook of `Assignment.notebooks`.

    Returns:
        Sorted list of str.
    """
    code = [(kind_of(cell), cell.source) for cell in source.cells if cell.cell_type == "code"]
    loose = names_of([text for kind, text in code if kind == ""])
    own = names_of([text for kind, text in code if kind in ("locked", "test")])
    nodes = (node for kind, text in code if kind == "test" for node in ast.walk(parse(text)))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    return sorted((set(loose) - set(own)) & used)


def kind_of(cell):
    """What a cell of the assignment's source is.

    Args:
        cell: a cell whose metadata can be trusted.

    Returns:
        str: `"test"`, `"solution"`, `"locked"`, `"manual"`, or `""` for a cell without a name.
    """
    metadata = cell.metadata.get("nbgrader") or {}
    grade, solution = bool(metadata.get("grade")), bool(metadata.get("solution"))
    if metadata.get("task") or (grade and (solution or cell.cell_type != "code")):
        return "manual"
    if grade:
        return "test"
    if solution:
        return "solution"
    return "locked" if metadata.get("locked") else ""


def points_of(cell):
    """What a cell is worth.

    Args:
        cell: nbformat cell of the assignment's source.

    Returns:
        float, points; 0 for a cell without any.
    """
    return float(cell.metadata["nbgrader"].get("points", 0) or 0)


def without_hidden_tests(source):
    """The test cell as a student knows it.

    Args:
        source: str, a test cell.

    Returns:
        str, without what stands between `BEGIN HIDDEN TESTS` and `END HIDDEN TESTS`.
    """
    return HIDDEN_TESTS.sub("", source).rstrip("\n")
