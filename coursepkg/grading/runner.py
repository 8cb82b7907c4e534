"""A grading run: what needs grading goes into the queue, a pool of workers empties it, the end is told."""

import contextlib
import functools
import hashlib
import signal
import threading
import time
from dataclasses import dataclass, field, fields, replace

from coursepkg.grading import intake, plan, sandbox, work_queue
from coursepkg.grading.arrivals import Arrivals
from coursepkg.grading.cluster import ClusterPool, check_address
from coursepkg.grading.database import shown
from coursepkg.grading.order import LEASE_SECONDS, Trouble, explained
from coursepkg.grading.outcome import GRADED, REJECTED
from coursepkg.grading.pool import LocalPool
from coursepkg.grading.work_queue import DONE, FAILED, LEASED, QUEUED, Queue, Task
from coursepkg.grading.worker import STOP_SIGNALS, confinement_here, course_of

WATCH_SECONDS = 1.0  # between two looks at the submitted folders
WATCH_PATIENCE = 300.0  # for which an idle worker keeps its warm parent
POLL_SECONDS = 0.5  # between two looks at the queue
SHARE = 50  # looking takes one part in this many of the time, at most
MOST_LOST = 50  # workers in a row, with nothing graded meanwhile


@dataclass(frozen=True)
class Choice:
    """What is to be done about one submission, and why.

    Attributes:
        student: str, the student's id.
        grade: bool, whether it is to be graded.
        why: str, the reason as `--dry-run` prints it.
        fingerprint: str, of what was handed in.
    """

    student: str
    grade: bool
    why: str
    fingerprint: str


@dataclass
class Summary:
    """How a run ended. The lists hold pairs of student and reason, of all submissions that were asked for.

    Attributes:
        assignment: str, the assignment's name.
        graded: list, submissions with a grade.
        rejected: list, submissions that cannot be graded as they were handed in.
        looks: list, graded ones that a person should look at.
        failed: list, those that the grader itself failed on.
        waiting: list, those that are still in the queue.
        left_out: list, folders whose name is no student's id.
        now: int, how many came to an end in this run.
        stopped: bool, whether somebody stopped the run.
    """

    assignment: str
    graded: list = field(default_factory=list)
    rejected: list = field(default_factory=list)
    looks: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    now: int = 0
    stopped: bool = False

    @property
    def code(self):
        """int, the exit code of `coursepkg grade`."""
        if self.failed or self.waiting:
            return 2
        return 1 if self.rejected or self.looks or self.left_out else 0


class StopSign:
    """Remembers that Ctrl-C was pressed or SIGTERM came; a second Ctrl-C interrupts at once.

    A flag, because an exception out of a signal handler can get lost, in a destructor for instance.

    Raises:
        KeyboardInterrupt: at the second Ctrl-C, inside `listening`.
    """

    def __init__(self):
        self.asked = False

    @contextlib.contextmanager
    def listening(self):
        """A `with` block in which the signals are heard; they do what they did before after it."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._on_signal) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number, _):
        if self.asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.asked = True


class Run:
    """One call of `coursepkg grade`.

    Args:
        order: `Order`, what to grade and within which limits.
        force: bool, whether to grade anew what is up to date.
        workers: int, how many submissions at the same time; `None` lets the machine decide.
        scheduler: str, the address of a Dask scheduler, or `None` for processes on this machine.
        display: `progress.Display`, or `None`.
        nursery: `WarmParent` that workers on this machine get twins of, or `None`: each then starts its own.

    Raises:
        Trouble: if there is no such course, gradebook or assignment, or the scheduler's address is none.
    """

    def __init__(self, order, force=False, workers=None, scheduler=None, display=None, nursery=None):
        self.order = order
        self.force = force
        self.workers = workers
        self.scheduler = scheduler
        self.display = display
        self.nursery = nursery
        self.arrivals = Arrivals()
        self.stop = StopSign()
        if scheduler is not None:
            check_address(scheduler)
        with explained(order):
            self.course = course_of(order)
            self.assignment = plan.read_assignment(self.course, order.assignment)

    @functools.cached_property
    def queue(self):
        """`Queue`, whose table is made when it is first asked for: `choose` changes nothing."""
        return Queue(self.course)

    def choose(self, submissions=None):
        """Decides about submissions, and changes nothing.

        Args:
            submissions: list of `course.Submission`, or `None` for all that were asked for.

        Returns:
            List of `Choice`, in the order of the students' ids.

        Raises:
            Trouble: if a student who was asked for handed in nothing, or the folders cannot be read.
        """
        with explained(self.order):
            known = {row.student: row for row in work_queue.rows(self.course, self.order.assignment)}
            submissions = self.submissions() if submissions is None else submissions
            return [self._choose(one, known.get(one.student)) for one in submissions]

    def submissions(self):
        """Lists the submissions that were asked for.

        Returns:
            List of `course.Submission`.

        Raises:
            Trouble: if a student who was asked for handed in nothing.
        """
        submissions = self.course.submitted(self.order.assignment)
        if self.order.students is None:
            return submissions
        missing = sorted(set(self.order.students) - {one.student for one in submissions})
        if missing:
            raise Trouble(
                f"There is no submission of {', '.join(missing)} for {self.order.assignment}: expected the "
                f"folder {self.course.path('submitted', missing[0], self.order.assignment)}."
            )
        return [one for one in submissions if one.student in self.order.students]

    def grade(self, choices):
        """Grades what is to be graded, and returns when nothing of it is left.

        Ctrl-C and SIGTERM give back what is in hand; the rest stays queued.

        Args:
            choices: list of `Choice`, from `choose`.

        Returns:
            `Summary` over all submissions that were chosen from.

        Raises:
            Trouble: if grading cannot go on. What is not graded stays queued.
        """
        wanted = {choice.student for choice in choices if choice.grade}
        with explained(self.order), self.stop.listening():
            if wanted:
                self._queue_up(choices)
                try:
                    with self._pool(self.order) as pool:
                        watcher = _Watcher(self, pool, wanted)
                        while watcher.look() and not self.stop.asked:
                            watcher.wait()
                finally:
                    self._close_display()
            return self._sum_up({choice.student for choice in choices}, wanted)

    def watch(self, ended=lambda: False):
        """Grades submissions as they arrive, until Ctrl-C.

        Args:
            ended: callable, asked after each look; `True` ends the watch once nothing is queued.

        Returns:
            `Summary` over all submissions that were asked for.

        Raises:
            Trouble: if grading cannot go on. What is not graded stays queued.
        """
        wanted, seen = set(), set()
        with explained(self.order), self.stop.listening():
            try:
                with self._pool(replace(self.order, patience=WATCH_PATIENCE)) as pool:
                    watcher = _Watcher(self, pool, wanted)
                    next_look = 0.0
                    while not self.stop.asked:
                        began = time.monotonic()
                        if began >= next_look:
                            wanted |= self._take_in(seen)
                            now = time.monotonic()
                            next_look = now + max(WATCH_SECONDS, SHARE * (now - began))
                        if not watcher.look() and ended():
                            break
                        watcher.wait()
            finally:
                self._close_display()
            return self._sum_up(seen, wanted)

    def _take_in(self, seen):
        """Queues what has arrived or changed and lies still; returns the students whose turn it is."""
        submissions = self.course.submitted(self.order.assignment)
        if self.order.students is not None:
            submissions = [one for one in submissions if one.student in self.order.students]
        seen |= {one.student for one in submissions}
        settled = self.arrivals.settled(submissions)
        if not settled:
            return set()
        choices = [choice for choice in self.choose(settled) if choice.grade]
        self._queue_up(choices)
        self.force = False  # what is handed in again counts as new anyway
        if self.display and choices:
            names = ", ".join(choice.student for choice in choices[:5])
            self.display.say(f"{len(choices)} to grade: {names}{', …' if len(choices) > 5 else ''}")
        return {choice.student for choice in choices}

    def _choose(self, submission, row):
        student = submission.student
        fingerprint = _fingerprint(submission)
        if row is None:
            return Choice(student, True, "new", fingerprint)
        if row.fingerprint != fingerprint:
            return Choice(student, True, "handed in anew since it was queued or graded", fingerprint)
        if row.version != self.assignment.version:
            return Choice(student, True, "the assignment has changed since", fingerprint)
        if row.state in (QUEUED, LEASED):
            return Choice(student, True, "queued by an earlier run or by another one", fingerprint)
        if row.state == FAILED:
            return Choice(student, True, f"the grader failed on it: {row.reason}", fingerprint)
        if self.force:
            return Choice(student, True, "up to date, but --force", fingerprint)
        return Choice(student, False, f"up to date ({row.verdict})", fingerprint)

    def _queue_up(self, choices):
        wanted = {choice.student: choice.fingerprint for choice in choices if choice.grade}
        self.queue.add_all(self.order.assignment, wanted, self.assignment.version, force=self.force)

    def _pool(self, order):
        if self.scheduler is not None:
            order = replace(order, gradebook=shown(self.course.db_url))
            pool = ClusterPool(order, self.scheduler, self.workers)
            if self.display and order.confined and order.accept_risk:
                self.display.say(
                    "Machines of the cluster that cannot confine run students' code unconfined, with the "
                    "rights of the Dask worker's account; the worker's log says where."
                )
            if self.display and order.gradebook.startswith("sqlite") and len(pool.hosts()) > 1:
                self.display.say(
                    "The gradebook is SQLite and the workers run on several machines. Its locks may not hold "
                    "on a file system that they share: PostgreSQL is the safe choice (--db)."
                )
            return _Closing(self, pool)
        confined, said = confinement_here(order)
        if confined and (why := sandbox.why_not_confined()):
            raise Trouble(why)
        if said and self.display:
            self.display.say(said)
        order = replace(order, confined=confined)
        return _Closing(self, LocalPool(order, self.workers, self.course, self.assignment, self.nursery))

    def _close_display(self):
        if self.display:
            self.display.close()

    def _sum_up(self, students, wanted):
        summary = Summary(self.order.assignment, stopped=self.stop.asked)
        if self.order.students is None:
            summary.left_out = self.course.left_out(self.order.assignment)
        for row in self.queue.rows(self.order.assignment):
            if row.student not in students:
                continue
            if row.state == DONE:
                place = {GRADED: summary.graded, REJECTED: summary.rejected}.get(row.verdict, summary.looks)
            else:
                place = summary.failed if row.state == FAILED else summary.waiting
            place.append((row.student, row.reason))
            summary.now += row.student in wanted and row.state in (DONE, FAILED)
        return summary


class _Closing:
    """Stops a pool at the end of a `with` block, and gives back what its workers could not."""

    def __init__(self, run, pool):
        self.run = run
        self.pool = pool

    def __enter__(self):
        return self.pool

    def __exit__(self, *_):
        names = set(self.pool.stop())
        for row in self.run.queue.rows(self.run.order.assignment) if names else ():
            if row.state == LEASED and row.worker in names:
                self.run.queue.release(_task(row))


class _Watcher:
    """Looks at the queue again and again: shows progress, replaces workers, knows when nothing is left."""

    def __init__(self, run, pool, wanted):
        self.run = run
        self.pool = pool
        self.wanted = wanted
        self.pause = POLL_SECONDS
        self.next_release = 0.0
        self.done = 0
        self.queued = 0
        self.lost = 0  # workers that ended since the last submission was finished

    def look(self):
        """Returns whether anything is left to do."""
        began = time.monotonic()
        if began >= self.next_release:
            self.run.queue.release_expired()
            self.next_release = began + LEASE_SECONDS / 3
        rows = [row for row in self._rows() if row.student in self.wanted]
        closed = [row for row in rows if row.state in (DONE, FAILED)]
        failures = sum(row.state == FAILED or row.verdict != GRADED for row in closed)
        if len(closed) != self.done:
            self.done = len(closed)
            self.lost = 0
        if self.run.display and self.wanted:
            self.run.display.update(len(closed), len(self.wanted), failures)
        self.queued = sum(row.state == QUEUED for row in rows)
        self.pool.top_up(self.queued)
        self.pause = max(POLL_SECONDS, SHARE * (time.monotonic() - began))
        return len(closed) < len(rows)

    def wait(self):
        """Waits a moment, and sees to workers that ended meanwhile."""
        for name, why in self.pool.ended(self.pause):
            if not why and not self.queued:
                continue  # it found nothing left, and so it is
            for row in self._rows():
                if row.state == LEASED and row.worker == name:
                    self.run.queue.worker_died(_task(row))
            self.lost += 1
            if self.lost > MOST_LOST:
                raise Trouble(
                    f"{self.lost} workers ended one after another and nothing was graded. {why} "
                    "Is the machine short of memory? Fewer --workers need less."
                )

    def _rows(self):
        return self.run.queue.rows(self.run.order.assignment)


def _fingerprint(submission):
    if submission.problem:
        return hashlib.sha256(submission.problem.encode()).hexdigest()
    return intake.fingerprint(submission.folder)


def _task(row):
    return Task(**{one.name: getattr(row, one.name) for one in fields(Task)})
