"""Grades in nbgrader's gradebook, as nbgrader's own `autograde` leaves them, one transaction a submission."""

import datetime
import math
from dataclasses import dataclass
from types import SimpleNamespace

import sqlalchemy
from nbgrader import api
from sqlalchemy import bindparam, func, select

from coursepkg.grading import database, work_queue
from coursepkg.grading.outcome import NEEDS_A_LOOK, REJECTED

NO_RESPONSE = "No response."  # nbgrader's own comment on an answer left as it was released

# The tables of nbgrader's models. Through its classes one submission would cost some hundred statements.
ASSIGNMENT = api.Assignment.__table__
NOTEBOOK = api.Notebook.__table__
CELL = api.BaseCell.__table__
GRADE_CELL = api.GradeCell.__table__
TASK_CELL = api.TaskCell.__table__
STUDENT = api.Student.__table__
SUBMISSION = api.SubmittedAssignment.__table__
SUBMITTED_NOTEBOOK = api.SubmittedNotebook.__table__
GRADE = api.Grade.__table__
COMMENT = api.Comment.__table__


class GradebookProblem(Exception):
    """The gradebook and the assignment do not fit together; the message is for the instructor."""


@dataclass(frozen=True)
class Score:
    """One student's points for one cell.

    Attributes:
        student: str, the student's id.
        notebook: str, the notebook's name.
        cell: str, the cell's name.
        score: float, the points as they count now, by hand where there are any, extra credit included.
        max_score: float, what the cell is worth.
        auto_score: float, what the grader gave, or `None`.
        manual_score: float, what a person gave, or `None`.
        needs_manual: bool, whether a person is to look at it.
    """

    student: str
    notebook: str
    cell: str
    score: float
    max_score: float
    auto_score: float | None
    manual_score: float | None
    needs_manual: bool


@dataclass(frozen=True)
class Total:
    """One student's points for one assignment.

    Attributes:
        student: str, the student's id.
        assignment: str, the assignment's name.
        raw_score: float, points with extra credit.
        penalty: float, what is taken off for lateness.
        score: float, what is left, at least 0.
        max_score: float, what the assignment is worth.
        submitted: bool, whether there is a submission.
        needs_manual: bool, whether a person has still to look at it.
        timestamp: `datetime` in UTC without time zone, or `None`.
    """

    student: str
    assignment: str
    raw_score: float
    penalty: float
    score: float
    max_score: float
    submitted: bool
    needs_manual: bool
    timestamp: datetime.datetime | None


@dataclass(frozen=True)
class Student:
    """A student of the gradebook.

    Attributes:
        id: str.
        first_name: str or `None`.
        last_name: str or `None`.
        email: str or `None`.
        lms_user_id: str, the learning platform's own id of the student, or `None`.
    """

    id: str
    first_name: str | None
    last_name: str | None
    email: str | None
    lms_user_id: str | None

    @property
    def shown(self):
        """str, the name as platforms sort it, or the id where there is none."""
        return ", ".join(name for name in (self.last_name, self.first_name) if name) or self.id


def record(course, outcome, assignment, task=None):
    """Writes one submission's grades into the gradebook, in one transaction; doing it twice changes nothing.

    What stock `nbgrader autograde` writes is written: the student, the submission and its time, each cell's
    automatic score, whether a person must look, "No response." for untouched answers, the penalty for
    lateness. What a person wrote stays: manual scores, extra credit, comments.

    A rejected submission, like a notebook that is missing, gets automatic scores of 0 and waits for nobody.
    One that needs a look and has no graded notebook waits with all its cells.

    Args:
        course: `Course`.
        outcome: `Outcome`.
        assignment: `plan.Assignment`, or anything with its `name`.
        task: `Task` of the queue, whose row is then set to done in the same transaction, or `None`.

    Raises:
        LeaseLost: if somebody else has the task meanwhile; nothing is written.
        GradebookProblem: if the gradebook does not know the assignment or its cells.
        DatabaseProblem: if the database cannot be written; nothing is.
    """
    _check_outcome(outcome, assignment, task)
    submission = course.submission(outcome.student, outcome.assignment)
    timestamp = submission.timestamp if submission else None
    late_penalties = course.late_penalties()

    def write(connection):
        if task is not None:
            work_queue.finish(connection, task, outcome)
        _write(connection, course, outcome, timestamp, late_penalties)

    database.in_transaction(course.db_url, write)


def scores(course, assignment):
    """Every cell's points of every submission, for a report.

    Args:
        course: `Course`.
        assignment: str, the assignment's name.

    Returns:
        List of `Score`, ordered by student, notebook and cell.
    """
    most = func.coalesce(GRADE_CELL.c.max_score, TASK_CELL.c.max_score, 0.0)
    query = (
        select(
            SUBMISSION.c.student_id,
            NOTEBOOK.c.name,
            CELL.c.name,
            api.Grade.score,
            most,
            GRADE.c.auto_score,
            GRADE.c.manual_score,
            GRADE.c.needs_manual_grade,
        )
        .select_from(GRADE)
        .join(SUBMITTED_NOTEBOOK, GRADE.c.notebook_id == SUBMITTED_NOTEBOOK.c.id)
        .join(SUBMISSION, SUBMITTED_NOTEBOOK.c.assignment_id == SUBMISSION.c.id)
        .join(ASSIGNMENT, SUBMISSION.c.assignment_id == ASSIGNMENT.c.id)
        .join(NOTEBOOK, SUBMITTED_NOTEBOOK.c.notebook_id == NOTEBOOK.c.id)
        .join(CELL, GRADE.c.cell_id == CELL.c.id)
        .outerjoin(GRADE_CELL, GRADE_CELL.c.id == CELL.c.id)
        .outerjoin(TASK_CELL, TASK_CELL.c.id == CELL.c.id)
        .where(ASSIGNMENT.c.name == assignment)
        .order_by(SUBMISSION.c.student_id, NOTEBOOK.c.name, CELL.c.name)
    )
    with database.reading(course.db_url) as connection:
        return [Score(*row) for row in connection.execute(query)]


def totals(course, assignments=None):
    """Every student's points for every assignment, as `nbgrader export` computes them.

    Args:
        course: `Course`.
        assignments: list of names, or `None` for all.

    Returns:
        List of `Total`, one for each student of the gradebook and each assignment, submitted or not, ordered
        by assignment (due date, then name) and student.

    Raises:
        GradebookProblem: if the gradebook does not know one of the assignments.
    """
    sums = (
        select(
            SUBMITTED_NOTEBOOK.c.assignment_id.label("id"),
            func.sum(api.Grade.score).label("score"),
            func.max(sqlalchemy.cast(GRADE.c.needs_manual_grade, sqlalchemy.Integer)).label("manual"),
        )
        .select_from(GRADE)
        .join(SUBMITTED_NOTEBOOK, GRADE.c.notebook_id == SUBMITTED_NOTEBOOK.c.id)
        .group_by(SUBMITTED_NOTEBOOK.c.assignment_id)
        .subquery()
    )
    penalties = (
        select(
            SUBMITTED_NOTEBOOK.c.assignment_id.label("id"),
            func.sum(SUBMITTED_NOTEBOOK.c.late_submission_penalty).label("penalty"),
        )
        .group_by(SUBMITTED_NOTEBOOK.c.assignment_id)
        .subquery()
    )
    query = (
        select(SUBMISSION.c.assignment_id, SUBMISSION.c.student_id, SUBMISSION.c.timestamp)
        .add_columns(func.coalesce(sums.c.score, 0.0), func.coalesce(penalties.c.penalty, 0.0), sums.c.manual)
        .outerjoin(sums, sums.c.id == SUBMISSION.c.id)
        .outerjoin(penalties, penalties.c.id == SUBMISSION.c.id)
    )
    with database.reading(course.db_url) as connection:
        students = connection.scalars(select(STUDENT.c.id).order_by(STUDENT.c.id)).all()
        wanted = connection.execute(
            select(ASSIGNMENT.c.id, ASSIGNMENT.c.name, api.Assignment.max_score)
            .select_from(ASSIGNMENT)
            .order_by(ASSIGNMENT.c.duedate, ASSIGNMENT.c.name)
        ).all()
        found = {(row[0], row[1]): row[2:] for row in connection.execute(query)}
    unknown = sorted(set(assignments or ()) - {name for _, name, _ in wanted})
    if unknown:
        raise GradebookProblem(
            f"The gradebook knows no assignment {', '.join(unknown)}; it knows "
            f"{', '.join(name for _, name, _ in wanted) or 'none'}."
        )
    return [
        _total(student, name, most, found.get((key, student)))
        for key, name, most in wanted
        if assignments is None or name in assignments
        for student in students
    ]


def students(course):
    """Everybody in the gradebook.

    Args:
        course: `Course`.

    Returns:
        List of `Student`, ordered by id.
    """
    names = ("id", "first_name", "last_name", "email", "lms_user_id")
    query = select(*(STUDENT.c[name] for name in names)).order_by(STUDENT.c.id)
    with database.reading(course.db_url) as connection:
        return [Student(*row) for row in connection.execute(query)]


def assignments(course):
    """What each assignment is worth.

    Args:
        course: `Course`.

    Returns:
        Dict from name to float, ordered by due date and name.
    """
    query = select(ASSIGNMENT.c.name, api.Assignment.max_score).select_from(ASSIGNMENT)
    with database.reading(course.db_url) as connection:
        found = connection.execute(query.order_by(ASSIGNMENT.c.duedate, ASSIGNMENT.c.name))
        return dict(found.all())


def _total(student, assignment, most, found):
    if found is None:
        return Total(student, assignment, 0.0, 0.0, 0.0, most, False, False, None)
    timestamp, score, penalty, manual = found
    return Total(
        student, assignment, score, penalty, max(0.0, score - penalty), most, True, bool(manual), timestamp
    )


def _check_outcome(outcome, assignment, task):
    if outcome.assignment != assignment.name:
        raise ValueError(f"an outcome of {outcome.assignment!r}, expected one of {assignment.name!r}")
    if task is not None and (task.student, task.assignment) != (outcome.student, outcome.assignment):
        raise ValueError(f"an outcome of {outcome.student}, and a task of {task.student}")
    for notebook in outcome.notebooks:
        for cell in notebook.cells:
            # The last gate in front of the gradebook: whatever happened before, no score is odd.
            if cell.earned is not None and not 0 <= cell.earned <= cell.points < math.inf:
                raise ValueError(f"{cell.grade_id} earned {cell.earned!r} of {cell.points!r} points")


def _write(connection, course, outcome, timestamp, late_penalties):
    row, cells = _assignment_row(connection, outcome.assignment), _cells(connection, outcome.assignment)
    if row is None or not cells:
        raise GradebookProblem(
            f"The gradebook does not know the assignment {outcome.assignment!r}. Run "
            f"`nbgrader generate_assignment {outcome.assignment}` first."
        )
    _check_cells(outcome, cells)
    submission = _find_or_add_submission(connection, outcome.student, row.id, timestamp)
    notebooks = _find_or_add_notebooks(connection, submission.id, cells)
    _write_grades(connection, outcome, cells, notebooks)
    _write_comments(connection, outcome, cells, notebooks)
    late = _seconds_late(timestamp, row.duedate, submission.extension)
    _write_penalties(connection, outcome, cells, notebooks, late, late_penalties)


def _assignment_row(connection, name):
    return connection.execute(
        select(ASSIGNMENT.c.id, ASSIGNMENT.c.duedate).where(ASSIGNMENT.c.name == name)
    ).first()


def _cells(connection, assignment):
    """Every cell that takes a grade or a comment; `max_score` is `None` where it takes no grade."""
    return connection.execute(
        select(
            CELL.c.id,
            CELL.c.name,
            CELL.c.type,
            NOTEBOOK.c.id.label("notebook_id"),
            NOTEBOOK.c.name.label("notebook"),
            func.coalesce(GRADE_CELL.c.max_score, TASK_CELL.c.max_score).label("max_score"),
        )
        .select_from(CELL)
        .join(NOTEBOOK, CELL.c.notebook_id == NOTEBOOK.c.id)
        .join(ASSIGNMENT, NOTEBOOK.c.assignment_id == ASSIGNMENT.c.id)
        .outerjoin(GRADE_CELL, GRADE_CELL.c.id == CELL.c.id)
        .outerjoin(TASK_CELL, TASK_CELL.c.id == CELL.c.id)
        .where(ASSIGNMENT.c.name == assignment)
    ).all()


def _check_cells(outcome, cells):
    known = {(cell.notebook, cell.name): cell.max_score for cell in cells if cell.max_score is not None}
    for notebook in outcome.notebooks:
        for cell in notebook.cells:
            most = known.get((notebook.name, cell.grade_id))
            if most is None or (cell.earned is not None and cell.earned > most):
                raise GradebookProblem(
                    f"The gradebook knows {cell.grade_id} of {notebook.name} "
                    + ("not at all" if most is None else f"with {most:g} points, not {cell.points:g}")
                    + f". Run `nbgrader generate_assignment {outcome.assignment}` again."
                )


def _find_or_add_submission(connection, student, assignment_id, timestamp):
    """The submission's row, locked against other graders on PostgreSQL; on SQLite they wait anyway."""
    if connection.scalar(select(STUDENT.c.id).where(STUDENT.c.id == student)) is None:
        connection.execute(STUDENT.insert().values(id=student))
    query = (
        select(SUBMISSION.c.id, SUBMISSION.c.extension, SUBMISSION.c.timestamp)
        .where(SUBMISSION.c.assignment_id == assignment_id, SUBMISSION.c.student_id == student)
        .with_for_update()
    )
    row = connection.execute(query).first()
    if row is None:
        connection.execute(
            SUBMISSION.insert().values(assignment_id=assignment_id, student_id=student, timestamp=timestamp)
        )
        return connection.execute(query).one()
    if row.timestamp != timestamp:
        # Also where the new submission has no time: formgrader shows as graded only what has the time of the
        # folder, and the old submission's time says nothing about the new one.
        connection.execute(SUBMISSION.update().where(SUBMISSION.c.id == row.id).values(timestamp=timestamp))
    return row


def _find_or_add_notebooks(connection, submission_id, cells):
    """Dict from the notebook's name to the id of its submitted version."""
    names = {cell.notebook_id: cell.notebook for cell in cells}
    query = select(SUBMITTED_NOTEBOOK.c.notebook_id, SUBMITTED_NOTEBOOK.c.id).where(
        SUBMITTED_NOTEBOOK.c.assignment_id == submission_id,
        SUBMITTED_NOTEBOOK.c.notebook_id.in_(list(names)),
    )
    found = dict(connection.execute(query).all())
    missing = [
        {"id": api.new_uuid(), "notebook_id": key, "assignment_id": submission_id, "flagged": False}
        for key in names
        if key not in found
    ]
    if missing:
        connection.execute(SUBMITTED_NOTEBOOK.insert(), missing)
        found |= {row["notebook_id"]: row["id"] for row in missing}
    return {name: found[key] for key, name in names.items()}


def _write_grades(connection, outcome, cells, notebooks):
    """Automatic scores. As in nbgrader, a cell that a person graded before is to be looked at again."""
    graded = {notebook.name: notebook for notebook in outcome.notebooks}
    found = _existing(connection, GRADE, cells, notebooks)
    new, changed = [], []
    for cell in cells:
        if cell.max_score is None:
            continue
        notebook_id = notebooks[cell.notebook]
        auto, manual = _automatic_score(outcome, graded.get(cell.notebook), cell)
        values = {"auto_score": auto, "needs_manual_grade": manual}
        old = found.get((notebook_id, cell.id))
        if old is None:
            new.append({"id": api.new_uuid(), "notebook_id": notebook_id, "cell_id": cell.id, **values})
        elif cell.type == "TaskCell" and manual and old.auto_score is None:
            continue  # nbgrader leaves what people alone grade as they left it
        else:
            kept = old.manual_score is not None and (auto is None or _is_there(outcome, graded, cell))
            changed.append({"row": old.id, "auto": auto, "needs": manual or kept})
    if new:
        connection.execute(GRADE.insert(), new)
    if changed:
        connection.execute(
            GRADE.update()
            .where(GRADE.c.id == bindparam("row"))
            .values(auto_score=bindparam("auto"), needs_manual_grade=bindparam("needs")),
            changed,
        )


def _is_there(outcome, graded, cell):
    return outcome.state != REJECTED and cell.notebook in graded


def _automatic_score(outcome, notebook, cell):
    """A cell's automatic score, and whether a person must look at it."""
    if outcome.state == REJECTED or notebook is None:
        lost = outcome.state == NEEDS_A_LOOK and not outcome.notebooks
        return (None, True) if lost else (0.0, False)
    if cell.type == "TaskCell":
        return None, True
    result = next((result for result in notebook.cells if result.grade_id == cell.name), None)
    if result is None:
        return None, True
    if result.earned is None and cell.name in notebook.unanswered:
        return 0.0, False
    return result.earned, result.earned is None


def _write_comments(connection, outcome, cells, notebooks):
    graded = {notebook.name: set(notebook.unanswered) for notebook in outcome.notebooks}
    found = _existing(connection, COMMENT, cells, notebooks)
    new, changed = [], []
    for cell in cells:
        if cell.type == "GradeCell":
            continue
        notebook_id = notebooks[cell.notebook]
        unanswered = cell.type == "SolutionCell" and cell.name in graded.get(cell.notebook, ())
        comment = NO_RESPONSE if unanswered else None
        old = found.get((notebook_id, cell.id))
        if old is None:
            new.append(
                {
                    "id": api.new_uuid(),
                    "notebook_id": notebook_id,
                    "cell_id": cell.id,
                    "auto_comment": comment,
                }
            )
        elif old.auto_comment != comment:
            changed.append({"row": old.id, "auto": comment})
    if new:
        connection.execute(COMMENT.insert(), new)
    if changed:
        connection.execute(
            COMMENT.update().where(COMMENT.c.id == bindparam("row")).values(auto_comment=bindparam("auto")),
            changed,
        )


def _existing(connection, table, cells, notebooks):
    rows = connection.execute(select(table).where(_of_these(table, cells, notebooks)))
    return {(row.notebook_id, row.cell_id): row for row in rows}


def _of_these(table, cells, notebooks):
    """The rows of one submission. The only index begins with the cell: without it every row is read."""
    of_cells = table.c.cell_id.in_([cell.id for cell in cells])
    return of_cells & table.c.notebook_id.in_(list(notebooks.values()))


def _seconds_late(timestamp, due, extension):
    if timestamp is None or due is None:
        return 0
    return max(0, (timestamp - due - (extension or datetime.timedelta())).total_seconds())


def _write_penalties(connection, outcome, cells, notebooks, late, late_penalties):
    """What nbgrader's plugin takes off each notebook that was graded."""
    graded = {notebook.name for notebook in outcome.notebooks} if outcome.state != REJECTED else set()
    sums = {}
    if late and late_penalties is not None:
        query = select(GRADE.c.notebook_id, func.coalesce(func.sum(api.Grade.score), 0.0))
        query = query.select_from(GRADE).where(_of_these(GRADE, cells, notebooks))
        sums = dict(connection.execute(query.group_by(GRADE.c.notebook_id)).all())
    values = []
    for name, notebook_id in notebooks.items():
        penalty = None
        if name in graded and late and late_penalties is not None:
            score = sums.get(notebook_id, 0.0)
            penalty = late_penalties.plugin_inst.late_submission_penalty(outcome.student, score, late)
            if penalty is not None:
                penalty = late_penalties._check_late_penalty(SimpleNamespace(score=score), penalty)
        values.append({"row": notebook_id, "penalty": penalty})
    connection.execute(
        SUBMITTED_NOTEBOOK.update()
        .where(SUBMITTED_NOTEBOOK.c.id == bindparam("row"))
        .values(late_submission_penalty=bindparam("penalty")),
        values,
    )
