"""The durable queue of submissions: rows of the gradebook's own database.

A row is `queued`, `leased` to one worker, `done`, or `failed` with a reason. A lease has an owner, an end
that heartbeats move, and a token. Each new lease of a row has another token, and a result is written only by
who still holds the row's token, in the transaction that writes it: of two workers on one submission, one is
heard.
"""

import json
import math
from dataclasses import dataclass, replace

import sqlalchemy
from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
    update,
)

from coursepkg.grading import database
from coursepkg.grading.outcome import NotebookOutcome, Outcome

QUEUED, LEASED, DONE, FAILED = STATES = ("queued", "leased", "done", "failed")
MOST_ATTEMPTS = 3  # that end with the worker's death
MOST_CHARACTERS = 4000  # of a message or reason

metadata = MetaData()
table = Table(
    "coursepkg_queue",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("course", String(128), nullable=False),
    Column("assignment", String(128), nullable=False),
    Column("student", String(128), nullable=False),
    Column("fingerprint", String(128), nullable=False),
    Column("version", String(128), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("token", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", String(255)),
    Column("expires", Float(53)),
    Column("queued_at", Float(53), nullable=False),
    Column("finished_at", Float(53)),
    Column("verdict", String(32)),
    Column("reason", Text, nullable=False),
    Column("seconds", Float(53)),
    Column("peak_memory", Float(53)),
    Column("outcome", Text),
    UniqueConstraint("course", "assignment", "student"),
)
ROW = [column for column in table.c if column.name not in ("course", "outcome")]


class LeaseLost(Exception):
    """The submission was given to another worker or has changed; this result is not written."""


@dataclass(frozen=True)
class Task:
    """A submission that a worker holds.

    Attributes:
        id: int, the row of the queue.
        student: str, the student's id.
        assignment: str, the assignment's name.
        fingerprint: str, of the submission as it was when it was queued.
        version: str, of the assignment.
        token: int, by which this lease is told from earlier and later ones of the row.
        attempts: int, how often the submission was begun, this time included.
        worker: str, who holds it.
    """

    id: int
    student: str
    assignment: str
    fingerprint: str
    version: str
    token: int
    attempts: int
    worker: str


@dataclass(frozen=True)
class Row:
    """What the queue knows of a submission.

    Attributes:
        id: int.
        assignment: str.
        student: str.
        fingerprint: str, of the submission.
        version: str, of the assignment.
        state: str, one of `STATES`.
        token: int.
        attempts: int, how often it was begun since it was queued.
        worker: str, who holds or held it, or `None`.
        expires: float, when its lease ends, in seconds since 1970, or `None`.
        queued_at: float.
        finished_at: float or `None`.
        verdict: str, the outcome's state (`"graded"`, `"rejected"`, `"needs a look"`), or `None`.
        reason: str, why it failed, was rejected or needs a look.
        seconds: float, how long grading took, or `None`.
        peak_memory: float, bytes, or `None`.
    """

    id: int
    assignment: str
    student: str
    fingerprint: str
    version: str
    state: str
    token: int
    attempts: int
    worker: str | None
    expires: float | None
    queued_at: float
    finished_at: float | None
    verdict: str | None
    reason: str
    seconds: float | None
    peak_memory: float | None


class Queue:
    """The submissions of a course that wait for a grader, are with one, or were with one.

    Every method is one transaction of its own and may be called by many processes at once.

    Args:
        course: `Course`.

    Raises:
        DatabaseProblem: if the database cannot be reached or written; so do all methods.
    """

    def __init__(self, course):
        self.course_id, self.url = course.course_id, course.db_url
        database.prepare(course.db_url, course.course_id, metadata)

    def add(self, student, assignment, fingerprint, version, force=False, retry=True):
        """Queues a submission unless it was graded as it is.

        Args:
            student: str, the student's id.
            assignment: str, the assignment's name.
            fingerprint: str, of what was handed in.
            version: str, of the assignment.
            force: bool, whether to grade again what is unchanged.
            retry: bool, whether to try again what failed unchanged.

        Returns:
            Bool, whether it waits for a grader.
        """
        return bool(self.add_all(assignment, {student: fingerprint}, version, force=force, retry=retry))

    def add_all(self, assignment, fingerprints, version, force=False, retry=True):
        """Queues many submissions in one transaction; see `add`.

        A submission that is with a grader stays there, unless it has changed meanwhile: then it is queued
        anew, and what that grader finds is not written.

        Args:
            assignment: str, the assignment's name.
            fingerprints: dict from student to the fingerprint of what was handed in.
            version: str, of the assignment.
            force: bool, whether to grade again what is unchanged.
            retry: bool, whether to try again what failed unchanged.

        Returns:
            List of the students whose submissions wait for a grader.
        """
        return database.in_transaction(
            self.url, lambda c: self._add_all(c, assignment, fingerprints, version, force, retry)
        )

    def _add_all(self, connection, assignment, fingerprints, version, force, retry):
        rows = connection.execute(self._rows(assignment, *ROW).with_for_update())
        known = {row.student: row for row in rows}
        new, changed, waiting = [], [], []
        common = {"version": version, "queued_at": database.now(connection)}
        for student, fingerprint in fingerprints.items():
            row = known.get(student)
            same = row is not None and (row.fingerprint, row.version) == (fingerprint, version)
            if same and (row.state == LEASED or (row.state == DONE and not force)):
                continue
            if same and row.state == FAILED and not (force or retry):
                continue
            waiting.append(student)
            if row is None:
                new.append({"student": student, "fingerprint": fingerprint, **common})
            elif not (same and row.state == QUEUED):
                changed.append({"row": row.id, "new_fingerprint": fingerprint, **common})
        if new:
            fixed = {"course": self.course_id, "assignment": assignment, "state": QUEUED}
            fixed |= {"token": 0, "attempts": 0, "reason": ""}
            connection.execute(table.insert(), [fixed | row for row in new])
        if changed:
            connection.execute(
                update(table)
                .where(table.c.id == sqlalchemy.bindparam("row"))
                .values(
                    fingerprint=sqlalchemy.bindparam("new_fingerprint"),
                    state=QUEUED,
                    token=table.c.token + 1,  # who still works on the old one is no longer heard
                    attempts=0,
                    worker=None,
                    expires=None,
                    reason="",
                ),
                changed,
            )
        return waiting

    def lease(self, worker, seconds, assignment=None, students=None):
        """Takes a waiting submission: first what was begun least often, then what waits longest.

        Args:
            worker: str, who takes it.
            seconds: float, for how long; `heartbeat` makes it longer.
            assignment: str, whose submissions to take, or `None` for any.
            students: collection of str, whose submissions to take, or `None` for any.

        Returns:
            `Task`, or `None` if nothing waits.
        """
        return database.in_transaction(
            self.url, lambda c: self._lease(c, worker, seconds, assignment, students)
        )

    def _lease(self, connection, worker, seconds, assignment, students):
        now = database.now(connection)
        self._release_expired(connection, now)
        candidates = self._rows(assignment, table.c.id).where(table.c.state == QUEUED)
        if students is not None:
            candidates = candidates.where(table.c.student.in_(list(students)))
        first = candidates.order_by(table.c.attempts, table.c.queued_at, table.c.id).limit(1)
        row = connection.execute(
            update(table)
            .where(table.c.id == first.with_for_update(skip_locked=True).scalar_subquery())
            .where(table.c.state == QUEUED)
            .values(
                state=LEASED,
                worker=str(worker)[:255],
                expires=now + _positive(seconds),
                token=table.c.token + 1,
                attempts=table.c.attempts + 1,
            )
            .returning(*ROW)
        ).first()
        if row is None:
            return None
        names = Task.__dataclass_fields__
        return Task(**{name: getattr(row, name) for name in names})

    def heartbeat(self, task, seconds):
        """Says that a submission is still being worked on.

        Args:
            task: `Task`.
            seconds: float, from now to the new end of the lease.

        Returns:
            Bool; `False` if the lease is lost: another worker has the submission, or it has changed.
        """
        with database.writing(self.url) as connection:
            expires = database.now(connection) + _positive(seconds)
            held = connection.execute(_held(task).values(expires=expires))
            return held.rowcount == 1

    def release(self, task):
        """Gives a submission back, as when the instructor stops the run; it counts as not begun.

        Args:
            task: `Task`.

        Returns:
            Bool, whether the lease was still held.
        """
        earlier = sqlalchemy.case((table.c.attempts > 0, table.c.attempts - 1), else_=0)
        values = {"state": QUEUED, "worker": None, "expires": None, "attempts": earlier}
        query = _held(task).values(values)
        return database.in_transaction(self.url, lambda c: c.execute(query).rowcount) == 1

    def worker_died(self, task):
        """Gives back a submission whose worker ended while it had it; what does so three times fails.

        Args:
            task: `Task`.

        Returns:
            Bool, whether the lease was still held.
        """
        return database.in_transaction(self.url, lambda c: self._give_up(c, _is_held(task))) == 1

    def done(self, task, outcome):
        """Writes down how grading ended, without grades. `gradebook.record` does both in one transaction.

        Args:
            task: `Task`.
            outcome: `Outcome`.

        Raises:
            LeaseLost: if another worker has the submission, or it has changed.
        """
        with database.writing(self.url) as connection:
            finish(connection, task, outcome)

    def failed(self, task, reason):
        """Writes down that a submission could not be graded for a reason that is not its owner's.

        Args:
            task: `Task`.
            reason: str.

        Raises:
            LeaseLost: if another worker has the submission, or it has changed.
        """
        with database.writing(self.url) as connection:
            values = {"state": FAILED, "reason": _storable(reason), "expires": None}
            values |= {"finished_at": database.now(connection)}
            if connection.execute(_held(task).values(values)).rowcount != 1:
                raise LeaseLost(_lost(task))

    def release_expired(self):
        """Gives back what workers left without a word; what did so three times fails. `lease` does so too.

        Returns:
            Int, how many submissions are no longer leased.
        """
        return database.in_transaction(self.url, lambda c: self._release_expired(c, database.now(c)))

    def _release_expired(self, connection, now):
        ours = (table.c.course == self.course_id) & (table.c.state == LEASED)
        return self._give_up(connection, ours & (table.c.expires < now))

    def _give_up(self, connection, condition):
        reason = (
            f"The grader ended {MOST_ATTEMPTS} times while it had this submission. It is left out, so that "
            "the others are graded; `coursepkg grade` tries it again."
        )
        values = {"state": FAILED, "reason": reason, "expires": None, "worker": None}
        values |= {"finished_at": database.now(connection), "verdict": None}
        often = table.c.attempts >= MOST_ATTEMPTS
        failed = connection.execute(update(table).where(condition & often).values(values))
        values = {"state": QUEUED, "expires": None, "worker": None}
        queued = connection.execute(update(table).where(condition & ~often).values(values))
        return failed.rowcount + queued.rowcount

    def counts(self, assignment=None):
        """How many submissions are in each state.

        Args:
            assignment: str, or `None` for all.

        Returns:
            Dict from each of `STATES` to int.
        """
        query = self._rows(assignment, table.c.state, func.count()).group_by(table.c.state)
        with database.reading(self.url) as connection:
            return dict.fromkeys(STATES, 0) | dict(connection.execute(query).all())

    def rows(self, assignment=None):
        """What the queue knows of each submission.

        Args:
            assignment: str, or `None` for all.

        Returns:
            List of `Row`, ordered by assignment and student.
        """
        with database.reading(self.url) as connection:
            return _read_rows(connection, self.course_id, assignment)

    def _rows(self, assignment, *columns):
        query = select(*(columns or table.c)).where(table.c.course == self.course_id)
        return query if assignment is None else query.where(table.c.assignment == assignment)


def rows(course, assignment=None):
    """What the queue of a course knows of each submission. Unlike `Queue`, this writes nothing at all.

    Args:
        course: `Course`.
        assignment: str, or `None` for all.

    Returns:
        List of `Row`, ordered by assignment and student; empty if nothing was ever queued.

    Raises:
        DatabaseProblem: if the database cannot be read.
    """
    return _looked_up(_read_rows, course, assignment) or []


def outcomes(course, assignment):
    """How grading ended, for a report: the outcomes without their notebooks' contents. This writes nothing.

    Args:
        course: `Course`.
        assignment: str.

    Returns:
        Dict from student to `Outcome`; empty if nothing was ever queued.

    Raises:
        DatabaseProblem: if the database cannot be read.
    """
    return _looked_up(_read_outcomes, course, assignment) or {}


def _looked_up(read, course, assignment):
    if not database.exists(course.db_url):
        return None
    with database.reading(course.db_url) as connection:
        there = sqlalchemy.inspect(connection).has_table(table.name)
        return read(connection, course.course_id, assignment) if there else None


def _read_rows(connection, course_id, assignment):
    query = select(*ROW).where(table.c.course == course_id)
    if assignment is not None:
        query = query.where(table.c.assignment == assignment)
    found = connection.execute(query.order_by(table.c.assignment, table.c.student))
    return [Row(**row._mapping) for row in found]


def _read_outcomes(connection, course_id, assignment):
    query = select(table.c.student, table.c.outcome).where(
        table.c.course == course_id, table.c.assignment == assignment, table.c.outcome.is_not(None)
    )
    found = connection.execute(query.order_by(table.c.student)).all()
    return {student: Outcome.from_dict(json.loads(text)) for student, text in found}


def finish(connection, task, outcome):
    """Writes down how grading ended, in the caller's transaction, if the lease is still held.

    Args:
        connection: a SQLAlchemy connection.
        task: `Task`.
        outcome: `Outcome`.

    Raises:
        LeaseLost: if another worker has the submission, or it has changed.
    """
    values = {
        "state": DONE,
        "verdict": outcome.state,
        "reason": _storable(outcome.reason),
        "seconds": outcome.seconds,
        "peak_memory": outcome.peak_memory,
        "outcome": json.dumps(_without_contents(outcome).to_dict()),
        "finished_at": database.now(connection),
        "expires": None,
    }
    if connection.execute(_held(task).values(values)).rowcount != 1:
        raise LeaseLost(_lost(task))


def _storable(text):
    """Returns a text that any database takes: bounded, without what UTF-8 or PostgreSQL cannot hold."""
    return text[:MOST_CHARACTERS].replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _without_contents(outcome):
    notebooks = [
        NotebookOutcome(
            name=notebook.name,
            cells=[replace(cell, message=cell.message[:MOST_CHARACTERS]) for cell in notebook.cells],
            unanswered=notebook.unanswered,
        )
        for notebook in outcome.notebooks
    ]
    return replace(outcome, notebooks=notebooks)


def _is_held(task):
    return (table.c.id == task.id) & (table.c.token == task.token) & (table.c.state == LEASED)


def _held(task):
    return update(table).where(_is_held(task))


def _lost(task):
    return (
        f"{task.student}'s submission of {task.assignment} is no longer with {task.worker}: the lease ran "
        "out and another worker has it, or it was handed in again. This result is not written."
    )


def _positive(seconds):
    if not 0 < seconds < math.inf:
        raise ValueError(f"a lease of {seconds!r} seconds; expected a number above 0")
    return seconds
