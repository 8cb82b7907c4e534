"""What is to be graded: the assignment, as its author wrote it and as the gradebook knows it."""

import hashlib
import json
import math
from dataclasses import dataclass, field
from pathlib import Path

from coursepkg.grading.planned_cells import (
    PlanCell,
    Rebuilt,
    kind_of,
    points_of,
    unguarded_imports,
    without_hidden_tests,
)
from coursepkg.grading.rebuilding import rebuild

__all__ = ["Assignment", "AssignmentProblem", "PlanCell", "Rebuilt", "read_assignment", "rebuild"]


class AssignmentProblem(Exception):
    """An assignment that nothing can be graded with; the message is for its instructor."""


@dataclass(frozen=True)
class Assignment:
    """An assignment, ready to grade with.

    Attributes:
        name: str.
        version: str, a fingerprint of everything that a grade depends on: code, tests, points and files.
        notebooks: dict from name (without `.ipynb`) to notebook: tests complete, answers as released.
        released: dict from name to the notebook that students received.
        files: dict from relative path to bytes, the files that students received beside the notebooks.
        declared: tuple of str, relative paths of the files that students are to hand in beside the notebooks,
            as `Autograde.exclude_overwriting` of nbgrader's settings names them.
    """

    name: str
    version: str
    notebooks: dict
    released: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    declared: tuple = ()

    @property
    def cautions(self):
        """list of str, for the instructor: what makes the tests easier to fool than they need be."""
        return [
            f"{name}.ipynb: tests use {' and '.join(names)} from a cell that is not locked, so an answer can "
            "change what that is. Give the cell a grade_id and lock it."
            for name, notebook in self.notebooks.items()
            if (names := unguarded_imports(notebook))
        ]

    @property
    def points(self):
        """float, what all cells of all notebooks are worth together."""
        return sum(
            points_of(cell)
            for notebook in self.notebooks.values()
            for cell in notebook.cells
            if kind_of(cell) in ("test", "manual")
        )


def read_assignment(course, name):
    """Reads an assignment as `nbgrader generate_assignment` does, and compares it with the gradebook.

    Args:
        course: `coursepkg.grading.course.Course`.
        name: str, the assignment's name.

    Returns:
        `Assignment`.

    Raises:
        AssignmentProblem: if it does not exist, is damaged, or differs from what the gradebook holds.
    """
    folder = course.path("source", ".", name)
    paths = sorted(folder.glob("*.ipynb")) if folder.is_dir() else []
    if not paths:
        raise AssignmentProblem(
            f"There is no assignment '{name}': expected a notebook in {folder}. "
            f"Assignments here: {', '.join(course.assignments()) or 'none'}."
        )
    kept = _gradebook_cells(course, name)
    notebooks, released = {}, {}
    for path in paths:
        notebooks[path.stem], released[path.stem] = _generate(course, name, path)
        _compare(name, path.stem, notebooks[path.stem], kept)
    forgotten = sorted(set(kept) - set(notebooks))
    if forgotten:
        raise AssignmentProblem(
            f"The gradebook knows notebooks of '{name}' that are not in {folder}: {', '.join(forgotten)}. "
            f"{_generate_it(name)}"
        )
    declared = tuple(sorted(course.config.get("Autograde", {}).get("exclude_overwriting", {}).get(name, ())))
    files = _files(course, folder, declared)
    return Assignment(name, _version(name, notebooks, files, declared), notebooks, released, files, declared)


def _generate_it(name):
    return f"Run `nbgrader generate_assignment {name}`, then grade again."


def _generate(course, name, path):
    """Runs nbgrader's own steps, so that stubs, locks and checksums are those that it would write."""
    import nbformat
    from nbgrader.preprocessors import InstantiateTests, SaveCells

    try:
        notebook = nbformat.read(path, as_version=4)
        resources = {
            "nbgrader": {"notebook": path.stem, "assignment": name, "student": ".", "db_url": course.db_url},
            "metadata": {"name": path.stem, "path": str(path.parent)},
        }
        source = None
        for step in _steps(course.config):
            if step is SaveCells:  # which would write to the gradebook; until here nothing is hidden
                source = json.loads(json.dumps(notebook))
            elif step is not InstantiateTests:  # which starts a kernel; the gradebook has its result
                notebook, resources = step(config=course.config).preprocess(notebook, resources)
    except Exception as error:  # nbgrader's steps raise errors of every kind on a damaged source
        raise AssignmentProblem(f"{path} is no valid assignment: {error}") from error
    source = nbformat.from_dict(source or json.loads(json.dumps(notebook)))
    released = {cell.metadata.nbgrader.grade_id: cell.source for cell in notebook.cells if kind_of(cell)}
    source.metadata["coursepkg"] = {"released": released}
    for cell in source.cells:
        if kind_of(cell) and not (math.isfinite(points_of(cell)) and points_of(cell) >= 0):
            raise AssignmentProblem(
                f"{path}: the cell '{cell.metadata.nbgrader.grade_id}' is worth {points_of(cell)} points; "
                "expected a number from 0 up."
            )
    return source, notebook


def _steps(config):
    from nbgrader.converters import GenerateAssignment
    from traitlets.utils.importstring import import_item

    chosen = GenerateAssignment(config=config).preprocessors
    return [import_item(step) if isinstance(step, str) else step for step in chosen]


def _gradebook_cells(course, name):
    """Dict from notebook to dict from grade_id to what the gradebook holds of that cell."""
    from nbgrader.api import Gradebook, MissingEntry

    from coursepkg.grading.database import prepare, shown

    prepare(course.db_url, course.course_id)
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            assignment = gradebook.find_assignment(name)
        except MissingEntry:
            raise AssignmentProblem(
                f"The gradebook ({shown(course.db_url)}) does not know the assignment '{name}'. "
                f"{_generate_it(name)}"
            ) from None
        kept = {}
        for notebook in assignment.notebooks:
            points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
            kept[notebook.name] = {
                cell.name: (cell.cell_type, cell.source, bool(cell.locked), points.get(cell.name))
                for cell in notebook.source_cells
            }
        return kept


def _compare(assignment, name, notebook, kept):
    """Raises if the gradebook, by which stock nbgrader grades, holds other cells than the source."""
    from nbgrader.utils import is_locked

    if name not in kept:
        raise AssignmentProblem(
            f"The gradebook does not know the notebook '{name}' of '{assignment}'. {_generate_it(assignment)}"
        )
    there, differing = dict(kept[name]), []
    for cell in notebook.cells:
        kind = kind_of(cell)
        if not kind:
            continue
        grade_id = cell.metadata.nbgrader.grade_id
        cell_type, source, locked, points = there.pop(grade_id, (None, "", None, None))
        if "AUTOTEST" in cell.source and cell_type is not None:
            cell.source = source  # nbgrader wrote the tests when it generated the assignment
            notebook.metadata.coursepkg.released[grade_id] = without_hidden_tests(source)
        ours = (cell.cell_type, cell.source, bool(is_locked(cell)))
        graded = kind in ("test", "manual")
        if (cell_type, source, locked) != ours or (graded and points != points_of(cell)):
            differing.append(grade_id)
    differing += sorted(there)
    if differing:
        raise AssignmentProblem(
            f"'{name}' differs from what the gradebook holds in {len(differing)} cells "
            f"({', '.join(differing[:5])}): the source was changed after the assignment was generated. "
            f"{_generate_it(assignment)}"
        )


def _files(course, folder, declared):
    from nbgrader.utils import find_all_files

    paths = (Path(path) for path in find_all_files(str(folder), [*course.ignore, "*.ipynb"]))
    files = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: files[name].read_bytes() for name in sorted(files) if name not in declared}


def _version(name, notebooks, files, declared):
    cells = {
        notebook: [
            (
                kind_of(cell),
                cell.cell_type,
                cell.metadata.nbgrader.grade_id if kind_of(cell) else "",
                points_of(cell) if kind_of(cell) else 0.0,
                cell.source,
            )
            for cell in content.cells
            if kind_of(cell)
        ]
        for notebook, content in notebooks.items()
    }
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    text = json.dumps([name, cells, digests, declared], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
