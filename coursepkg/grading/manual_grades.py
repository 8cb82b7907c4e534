"""What the gradebook knows of a submission that a feedback page tells, beside the points of the grader."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from coursepkg.grading import database


@dataclass(frozen=True)
class ByHand:
    """A person's part in one cell's grade.

    Attributes:
        manual: float, the points that a person gave in place of the automatic ones, or `None`.
        extra: float, extra credit.
        comment: str.
    """

    manual: float | None = None
    extra: float = 0.0
    comment: str = ""

    def counts(self, automatic):
        """Tells whether the points are other than the automatic ones.

        Args:
            automatic: float, what the grader gave, or `None`: then extra credit alone counts nothing, as in
                nbgrader.

        Returns:
            bool.
        """
        return self.manual is not None or (bool(self.extra) and automatic is not None)

    def score(self, automatic):
        """Says how many points count.

        Args:
            automatic: float, what the grader gave, or `None`.

        Returns:
            float, the person's points in place of the grader's where there are any, and extra credit.
        """
        return ((automatic or 0.0) if self.manual is None else self.manual) + self.extra


NOBODY = ByHand()


def seconds_late(db_url, student, assignment, timestamp):
    """How long after the due date, and what it was put off for this student, something was handed in.

    Args:
        db_url: str, the gradebook's database.
        student: str, the student's id.
        assignment: str, the assignment's name.
        timestamp: `datetime` in UTC without time zone, or `None`.

    Returns:
        float, 0 where nothing says that it is late.
    """
    from coursepkg.grading.gradebook import ASSIGNMENT, SUBMISSION

    if timestamp is None:
        return 0.0
    with database.reading(db_url) as connection:
        due = connection.scalar(select(ASSIGNMENT.c.duedate).where(ASSIGNMENT.c.name == assignment))
        extension = connection.scalar(
            select(SUBMISSION.c.extension)
            .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMISSION.c.assignment_id)
            .where(ASSIGNMENT.c.name == assignment, SUBMISSION.c.student_id == student)
        )
    if due is None:
        return 0.0
    return max(0.0, (timestamp - due - (extension or timedelta())).total_seconds())


def grades_by_hand(db_url, student, assignment):
    """Reads what people gave and wrote for one submission.

    Args:
        db_url: str, the gradebook's database.
        student: str, the student's id.
        assignment: str, the assignment's name.

    Returns:
        Dict from the names of notebook and cell to `ByHand`, of the cells that somebody touched.
    """
    from coursepkg.grading.gradebook import (
        ASSIGNMENT,
        CELL,
        COMMENT,
        GRADE,
        NOTEBOOK,
        SUBMISSION,
        SUBMITTED_NOTEBOOK,
    )

    def rows(connection, table, *columns):
        return connection.execute(
            select(NOTEBOOK.c.name, CELL.c.name, *columns)
            .select_from(table)
            .join(CELL, CELL.c.id == table.c.cell_id)
            .join(SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.id == table.c.notebook_id)
            .join(NOTEBOOK, NOTEBOOK.c.id == SUBMITTED_NOTEBOOK.c.notebook_id)
            .join(SUBMISSION, SUBMISSION.c.id == SUBMITTED_NOTEBOOK.c.assignment_id)
            .join(ASSIGNMENT, ASSIGNMENT.c.id == SUBMISSION.c.assignment_id)
            .where(ASSIGNMENT.c.name == assignment, SUBMISSION.c.student_id == student)
        ).all()

    found = {}
    with database.reading(db_url) as connection:
        for notebook, cell, manual, extra in rows(
            connection, GRADE, GRADE.c.manual_score, GRADE.c.extra_credit
        ):
            if manual is not None or extra:
                found[notebook, cell] = ByHand(manual, extra or 0.0)
        for notebook, cell, comment in rows(connection, COMMENT, COMMENT.c.manual_comment):
            if comment:
                found[notebook, cell] = replace(found.get((notebook, cell), NOBODY), comment=comment)
    return found
