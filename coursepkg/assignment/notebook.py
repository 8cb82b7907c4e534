"""Reads an assignment's notebook as its owner left it, and says in plain words what is wrong with it."""

import hashlib
import json
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

SCHEMA_VERSION = 3
MAX_BYTES = 50_000_000
START_AGAIN = "Open the released notebook afresh and copy your answers into it."

# In one pass over each line, however many spaces it holds: notebooks come from strangers.
HEADING = re.compile(r"^#{1,4}[ \t]+(\S(?:.*[^\s#])?)", re.MULTILINE)


class NotebookProblem(Exception):
    """A file that cannot be checked or graded; the message is written for its owner."""


@dataclass(frozen=True)
class GradedCell:
    """A cell that carries nbgrader metadata.

    Attributes:
        index: int, the cell's position in the notebook.
        grade_id: str, the name by which tests and gradebook know the cell.
        kind: `"test"`, `"solution"` or `"locked"`.
        points: float, what a test cell is worth; 0 for the others.
        heading: str, the nearest heading above the cell.
        edited: bool, whether a cell that students should leave alone has changed.
    """

    index: int
    grade_id: str
    kind: str
    points: float
    heading: str
    edited: bool


def read_notebook(path):
    """Reads a notebook that somebody handed in.

    Args:
        path: path of the file.

    Returns:
        The notebook, an `nbformat.NotebookNode` of format 4.

    Raises:
        NotebookProblem: if the file is missing, unreadable, truncated or no notebook.
    """
    path = Path(path)
    text = _read_text(path)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotebookProblem(explain_json(path.name, text, error)) from None
    except RecursionError:
        raise NotebookProblem(f"{path.name} is nested too deeply to be a notebook. {START_AGAIN}") from None
    except ValueError as error:  # an integer of more digits than Python reads
        raise NotebookProblem(f"{path.name} is not a readable notebook: {error}. {START_AGAIN}") from None
    return _as_notebook(path, content)


def _read_text(path):
    if path.is_dir():
        raise NotebookProblem(f"{path} is a folder; expected a notebook, a file that ends in .ipynb.")
    if not path.exists():
        folder = path.parent
        nearby = sorted(other.name for other in folder.glob("*.ipynb")) if folder.is_dir() else []
        hint = f" In that folder there is: {', '.join(nearby[:5])}." if nearby else ""
        raise NotebookProblem(f"There is no file {path}.{hint}")
    if path.suffix != ".ipynb":
        raise NotebookProblem(
            f"{path.name} is not a notebook: expected a file that ends in .ipynb. "
            "On Colab choose File, Download, Download .ipynb."
        )
    size = path.stat().st_size
    if size == 0:
        raise NotebookProblem(f"{path.name} is empty: save the notebook and download it again.")
    if size > MAX_BYTES:
        raise NotebookProblem(
            f"{path.name} has {size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} are read. "
            "Clear all outputs, save, and try again."
        )
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookProblem(
            f"{path.name} is not UTF-8 text (byte {error.start}): it was damaged or is another kind of file. "
            "Download it again."
        ) from None


def explain_json(name, text, error):
    """Says why a file's text is no notebook.

    Args:
        name: str, the file's name.
        text: str, what the file holds.
        error: `json.JSONDecodeError`.

    Returns:
        str, a sentence or two for the file's owner.
    """
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html")):
        return (
            f"{name} is a web page, not a notebook: the browser saved the page around it. "
            "On GitHub use the download button; on Colab choose File, Download, Download .ipynb."
        )
    if re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE):
        line = text[: re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE).start()].count("\n") + 1
        return f"{name} holds an unresolved merge conflict at line {line}. {START_AGAIN}"
    if not text.strip():
        return f"{name} holds only white space: save the notebook and download it again."
    if start[0] in "{[" and (error.pos >= len(text.rstrip()) - 1 or "Unterminated string" in error.msg):
        return (
            f"{name} stops in the middle (line {error.lineno}): the download or upload was cut short. "
            "Save the notebook and download it again."
        )
    return (
        f"{name} is not a readable notebook: {error.msg} at line {error.lineno}, "
        f"column {error.colno}. {START_AGAIN}"
    )


def _as_notebook(path, content):
    import nbformat

    if not isinstance(content, dict) or "nbformat" not in content:
        raise NotebookProblem(
            f"{path.name} is JSON, but no Jupyter notebook: it has no 'nbformat' field. {START_AGAIN}"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # older notebooks have no cell ids
            nbformat.validate(content)
            notebook = nbformat.reads(json.dumps(content), as_version=4)
    except Exception as error:  # nbformat raises errors of many kinds on malformed content
        reason = str(getattr(error, "message", error)).strip() or type(error).__name__
        raise NotebookProblem(
            f"{path.name} breaks the notebook format: {reason.splitlines()[0][:200]}. {START_AGAIN}"
        ) from None
    return notebook


def graded_cells(notebook):
    """Lists the cells that nbgrader knows, in the order of the notebook.

    Args:
        notebook: an `nbformat.NotebookNode`.

    Returns:
        List of `GradedCell`.

    Raises:
        NotebookProblem: if the notebook has no test cells, or its metadata cannot be understood.
    """
    found, heading = [], ""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            titles = HEADING.findall(cell.source)
            heading = titles[-1] if titles else heading
        metadata = cell.metadata.get("nbgrader")
        if metadata:
            _check_metadata(metadata, index)
            if metadata["grade"] or metadata["solution"] or metadata["locked"]:
                found.append(_graded_cell(index, cell, metadata, heading))
    if not any(cell.kind == "test" for cell in found):
        raise NotebookProblem(
            "This notebook holds no test cells. Either it is not an assignment of this course, or the "
            f"program that saved it dropped the cells' metadata. {START_AGAIN}"
        )
    return found


def _graded_cell(index, cell, metadata, heading):
    kind = "solution" if metadata["solution"] else "test" if metadata["grade"] else "locked"
    edited = kind != "solution" and metadata.get("checksum", "") not in ("", checksum(cell))
    points = float(metadata.get("points", 0)) if metadata["grade"] else 0.0
    return GradedCell(index, metadata["grade_id"], kind, points, heading, edited)


def _check_metadata(metadata, index):
    place = f"Cell {index + 1} ({metadata.get('grade_id', 'no grade_id')})"
    if metadata.get("schema_version") != SCHEMA_VERSION:
        raise NotebookProblem(
            f"{place} has nbgrader metadata of version {metadata.get('schema_version')!r}; expected "
            f"{SCHEMA_VERSION}. It comes from another course or was edited. {START_AGAIN}"
        )
    flags = [metadata.get(name) for name in ("grade", "solution", "locked")]
    if not all(isinstance(flag, bool) for flag in flags):
        raise NotebookProblem(f"{place} has damaged nbgrader metadata: {dict(metadata)}. {START_AGAIN}")
    if any(flags) and not re.fullmatch(r"[\w-]+", str(metadata.get("grade_id", ""))):
        raise NotebookProblem(f"{place} has nbgrader metadata without a usable grade_id. {START_AGAIN}")
    points = metadata.get("points", 0)
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < float("inf"):
        raise NotebookProblem(f"{place} claims {points!r} points; expected a number from 0 up. {START_AGAIN}")


def checksum(cell):
    """The fingerprint that nbgrader keeps of a cell, by which an edited test cell is known.

    Args:
        cell: a cell with nbgrader metadata.

    Returns:
        str, the same value as `nbgrader.utils.compute_checksum`.
    """
    metadata = cell.metadata["nbgrader"]
    grade, solution = bool(metadata.get("grade")), bool(metadata.get("solution"))
    locked = not solution and (grade or bool(metadata.get("locked")))
    parts = [cell.source, cell.cell_type, str(grade), str(solution), str(locked), metadata["grade_id"]]
    if grade:
        parts.append(str(float(metadata["points"])))
    return hashlib.md5("".join(parts).encode("utf-8"), usedforsecurity=False).hexdigest()


def find_concerns(cells, released=None):
    """Says what is unusual about a notebook's graded cells, without running them.

    Args:
        cells: list of `GradedCell`, from the notebook handed in.
        released: list of `GradedCell` of the released notebook, or `None` where only the one file is at hand.
            Then missing cells are found by name: the answer `windows` is tested by `test-windows-...`.

    Returns:
        List of str, each one sentence or two for the notebook's owner.
    """
    concerns = []
    names = [cell.grade_id for cell in cells]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        concerns.append(
            f"The cell '{name}' is there {names.count(name)} times, so it was copied. "
            "Only the last copy counts: delete the others."
        )
    for cell in cells:
        if cell.edited:
            what = "test cell" if cell.kind == "test" else "locked cell"
            concerns.append(
                f"The {what} '{cell.grade_id}' was edited. The grader puts the original back, "
                "so what it does here may not be what is graded."
            )
    concerns += _missing_cells(names, cells) if released is None else _missing_from(names, released)
    return concerns


def _missing_from(names, released):
    for cell in released:
        if cell.grade_id not in names:
            what = {"test": "test cell", "solution": "answer cell", "locked": "locked cell"}[cell.kind]
            yield f"The {what} '{cell.grade_id}' of the released notebook is missing. {START_AGAIN}"
    known = {cell.grade_id for cell in released}
    for name in dict.fromkeys(names):
        if name not in known:
            yield f"The cell '{name}' does not belong to this assignment; it is not graded."


def _missing_cells(names, cells):
    tests = [cell.grade_id for cell in cells if cell.kind == "test"]
    solutions = [cell.grade_id for cell in cells if cell.kind == "solution"]
    for name in dict.fromkeys(solutions):
        if not any(test.startswith(f"test-{name}-") for test in tests):
            yield f"The tests of '{name}' are missing, so nothing can be earned for it. {START_AGAIN}"
    lonely = [
        f"'{test}'"
        for test in dict.fromkeys(tests)
        if not any(test.startswith(f"test-{name}-") for name in solutions)
    ]
    if lonely:
        yield (
            f"The answer cell to which {', '.join(lonely)} belong{'s' * (len(lonely) == 1)} is missing "
            f"or has lost its metadata. {START_AGAIN}"
        )
