"""What grading a submission leads to: plain data, the same in a worker, in the database and on a page."""

from dataclasses import asdict, dataclass, field

GRADED, REJECTED, NEEDS_A_LOOK = "graded", "rejected", "needs a look"
# passed, partial    points were earned
# failed             the check says no; its message is for the student
# not written        the answer still raises NotImplementedError
# error              the answer, or an answer it needs, raised something else
# too slow           no answer within the time of a cell
# stopped            the student's process ended, or was ended for what it used
# not run            something before it used up the submission's time or restarts
# manual             a person grades this cell
CELL_STATUSES = (
    "passed",
    "partial",
    "failed",
    "not written",
    "error",
    "too slow",
    "stopped",
    "not run",
    "manual",
)


class Rejected(Exception):
    """A submission that cannot be graded; the message is written for its owner."""


@dataclass(frozen=True)
class CellResult:
    """What became of one graded cell.

    Attributes:
        grade_id: str, the cell's name.
        status: str, one of `CELL_STATUSES`.
        points: float, what the cell is worth.
        earned: float between 0 and `points`, or `None` where a person decides.
        message: str, for the student; empty for a passed cell. Never holds a test's source.
        heading: str, the heading that the cell stands under.
        seconds: float, how long the cell took.
    """

    grade_id: str
    status: str
    points: float
    earned: float | None
    message: str = ""
    heading: str = ""
    seconds: float = 0.0


@dataclass
class NotebookOutcome:
    """One graded notebook of a submission.

    Attributes:
        name: str, the notebook's name without `.ipynb`.
        cells: list of `CellResult`, of test cells and cells graded by hand, in the order of the release.
        notebook: dict, the rebuilt notebook with its outputs, as nbformat 4 writes it.
        unanswered: list of str, grade_ids of solution cells left as they were released.
    """

    name: str
    cells: list = field(default_factory=list)
    notebook: dict = field(default_factory=dict)
    unanswered: list = field(default_factory=list)


@dataclass
class Outcome:
    """How the grading of one submission ended.

    Attributes:
        student: str, the student's id.
        assignment: str, the assignment's name.
        state: str, `"graded"`, `"rejected"` or `"needs a look"`.
        reason: str, for the student: why it was rejected or needs a look; empty for a graded one.
        notes: list of str, for the student: what is unusual about what was handed in, and what was left out.
        notebooks: list of `NotebookOutcome`.
        seconds: float, wall time.
        peak_memory: int, bytes, the most that the submission's processes held together.
    """

    student: str
    assignment: str
    state: str
    reason: str = ""
    notes: list = field(default_factory=list)
    notebooks: list = field(default_factory=list)
    seconds: float = 0.0
    peak_memory: int = 0

    @property
    def earned(self):
        """float, all points earned so far; cells that wait for a person count 0."""
        return sum(cell.earned or 0.0 for notebook in self.notebooks for cell in notebook.cells)

    @property
    def points(self):
        """float, what all cells are worth together."""
        return sum(cell.points for notebook in self.notebooks for cell in notebook.cells)

    def to_dict(self):
        """Returns the outcome as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content):
        """Makes an outcome of what `to_dict` returned.

        Args:
            content: dict.

        Returns:
            `Outcome`.
        """
        notebooks = [
            NotebookOutcome(**{**one, "cells": [CellResult(**cell) for cell in one["cells"]]})
            for one in content["notebooks"]
        ]
        return cls(**{**content, "notebooks": notebooks})
