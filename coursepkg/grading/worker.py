"""The trusted process that grades: it leases one submission after another and records what became of each.

Run as a program (`python -m coursepkg.grading.worker`) it reads its order from standard input, as JSON, and
answers on standard output.
"""

import contextlib
import ctypes
import importlib
import os
import signal
import sys
import threading
import time
import traceback

from coursepkg.grading import folders, gradebook, plan, sandbox
from coursepkg.grading.course import open_course
from coursepkg.grading.database import expect_gradebook, shown
from coursepkg.grading.order import LEASE_SECONDS, Order, Trouble, explained, trouble_in, worker_name
from coursepkg.grading.outcome import REJECTED, Outcome
from coursepkg.grading.sandbox import CannotStart
from coursepkg.grading.work_queue import LeaseLost, Queue

IDLE_SECONDS = 1.0  # between two looks of a worker that waits for work
ATTEMPTS = 3  # at one submission, before it is set aside as a fault of the grader
PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class GiveBack(BaseException):
    """The worker was asked to stop: whatever it holds goes back into the queue."""


def work(order, name, stopping, course=None, assignment=None, twin=None):
    """Leases, grades and records one submission after another until nothing is left.

    Args:
        order: `Order`.
        name: str, from `worker_name`; leases are held in it.
        stopping: `Stopping`, through which this process is asked to end.
        course: `Course` where it is at hand, or `None`.
        assignment: `plan.Assignment` where it is at hand, or `None`.
        twin: socket to a warm parent that is there for this worker, or `None`.

    Raises:
        Trouble: if grading cannot go on.
        GiveBack: if the worker was asked to stop; what it held is given back.
    """
    with explained(order):
        course = course or course_of(order)
        queue = Queue(course)
        with warm_parent(order, twin) as parent, Heartbeat(queue) as heartbeat:
            desk = _Desk(order, course, queue, parent, assignment, stopping)
            idle_since = time.monotonic()
            while not stopping.asked:
                task = None
                try:
                    with stopping.later():
                        task = queue.lease(name, LEASE_SECONDS, order.assignment, order.students)
                    if task is not None:
                        with heartbeat.keeping(task):
                            desk.take(task)
                except BaseException:
                    if task is not None:
                        _give_back(queue, task)
                    raise
                if task is not None:
                    idle_since = time.monotonic()
                elif time.monotonic() - idle_since >= order.patience:
                    return
                else:
                    time.sleep(IDLE_SECONDS)


def course_of(order):
    """Opens the course of an order, and sets what the order says about feedback.

    Args:
        order: `Order`.

    Returns:
        `Course`.

    Raises:
        DatabaseProblem: if there is no gradebook.
        Trouble: if the settings here lead to another gradebook than the grader's.
    """
    course = open_course(order.course, order.db_url)
    if order.gradebook not in (None, shown(course.db_url)):
        raise Trouble(
            f"The settings of this worker lead to the gradebook {shown(course.db_url)}, those of the grader "
            f"to {order.gradebook}. Give the address with --db, or set it on the workers as on the grader."
        )
    expect_gradebook(course.db_url)
    if order.show_hidden:
        course.config.FeedbackExporter.show_hidden = True
    return course


def warm_parent(order, twin=None):
    """Makes the warm parent that an order asks for; it does not run yet.

    Args:
        order: `Order`.
        twin: socket to one that another warm parent forks, or `None`.

    Returns:
        A `WarmParent`, or what the order names in its place.
    """
    wanted = {} if order.imports is None else {"imports": order.imports}
    if twin is not None:
        wanted["twin"] = twin
    confined, said = confinement_here(order)
    if said:
        print(said, file=sys.stderr)
    return _named(order.parent)(order.limits, confined=confined, **wanted)


def confinement_here(order):
    """Decides for this machine, which may be another than the grader's, whether students' code is confined.

    Args:
        order: `Order`.

    Returns:
        Tuple: bool, whether it is; str, what a person should know about that, empty where it is as ordered.
    """
    if not (order.confined and order.accept_risk):
        return order.confined, ""
    why = sandbox.why_not_confined()
    if not why:
        return True, ""
    return False, (
        "Students' code runs unconfined and with your rights: this machine cannot confine it, and you said "
        f"--accept-risk. {why}"
    )


class _Desk:
    """Where one submission after another is graded."""

    def __init__(self, order, course, queue, parent, assignment, stopping):
        self.order = order
        self.course = course
        self.queue = queue
        self.parent = parent
        self.assignment = assignment
        self.stopping = stopping
        self.session = _named(order.session)

    def take(self, task):
        """Grades one submission and records its outcome, or that the grader failed on it and why."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._record(task, self._outcome(task))
                return
            except LeaseLost as lost:
                print(lost, file=sys.stderr)
                return
            except CannotStart:  # it may have been killed meanwhile
                if attempt == ATTEMPTS:
                    raise
            except Exception as error:
                if trouble_in(error, self.order):
                    raise
                traceback.print_exc()
                reason = f"{type(error).__name__}: {error} (in {_where(error)})"
        with self.stopping.later(), contextlib.suppress(LeaseLost):
            self.queue.failed(task, reason)

    def _outcome(self, task):
        if self.assignment is None or self.assignment.version != task.version:
            self.assignment = plan.read_assignment(self.course, task.assignment)
        submission = self.course.submission(task.student, task.assignment)
        if submission is None:
            raise FileNotFoundError("what was handed in is no longer there")
        if submission.problem:
            return Outcome(task.student, task.assignment, REJECTED, submission.problem)
        for _ in range(ATTEMPTS):
            deaths = self.parent.deaths
            outcome = self.session(
                task.student, self.assignment, submission.folder, self.parent, self.order.limits
            )
            if self.parent.deaths == deaths:
                outcome.notes[:0] = [submission.note] if submission.note else []
                return outcome
            # A warm parent that died took its children along: what looks like the student's fault is none.
        raise CannotStart(
            f"The warm parent was killed {ATTEMPTS} times while {task.student} was graded. "
            "If the machine is short of memory, give fewer --workers."
        )

    def _record(self, task, outcome):
        """Folders first: where the gradebook says that all is done, they are there."""
        with self.stopping.later():
            # Nobody else has it now, and a lease is longer than writing takes.
            if not self.queue.heartbeat(task, LEASE_SECONDS):
                return
            folders.write_outcome(self.course, outcome, self.assignment)
            gradebook.record(self.course, outcome, self.assignment, task)


class Heartbeat:
    """Prolongs the lease of the task in hand, from a thread of its own.

    Args:
        queue: `work_queue.Queue`.
    """

    def __init__(self, queue):
        self.queue = queue
        self.task = None
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()  # the thread may be waiting for the database; it is not worth waiting for

    @contextlib.contextmanager
    def keeping(self, task):
        """Keeps a task's lease alive for the length of a `with` block.

        Args:
            task: `work_queue.Task`.
        """
        self.task = task
        try:
            yield
        finally:
            self.task = None

    def _beat(self):
        while not self.ended.wait(LEASE_SECONDS / 3):
            task = self.task
            if task is None:
                continue
            try:
                self.queue.heartbeat(task, LEASE_SECONDS)
            except Exception as error:
                # A missed beat costs the lease at worst: somebody else then grades the same, to the same end.
                print(f"heartbeat: {error}", file=sys.stderr)


class Stopping:
    """Turns SIGTERM into `GiveBack`: at once while a submission runs, afterwards while one is recorded.

    An exception out of a signal handler can get lost, in a destructor for instance; so `asked` remembers it.

    Raises:
        GiveBack: when SIGTERM comes, or at the end of `later` if it came inside.
    """

    def __init__(self):
        self.asked = False
        self.depth = 0

    def listen(self):
        """Starts to listen. Ctrl-C in a terminal reaches the grader alone, which then asks its workers."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    @contextlib.contextmanager
    def later(self):
        """A `with` block that is finished before the worker stops."""
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
        if self.asked and not self.depth:
            raise GiveBack

    def _on_signal(self, *_):
        if self.asked:
            return
        self.asked = True
        if not self.depth:
            raise GiveBack


def _named(name):
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _give_back(queue, task):
    try:
        queue.release(task)
    except Exception as error:  # the lease runs out by itself
        print(f"the lease was not given back: {error}", file=sys.stderr)


def follow(parent):
    """Has the kernel send this process SIGTERM when its parent ends, however it ends.

    Args:
        parent: int, the parent's process id.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _where(error):
    """The line from which an error comes, for whoever is to mend the grader."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{os.path.basename(last.filename)}, line {last.lineno}"


def main():
    """Grades as the order on standard input says; prints why it cannot go on, if it cannot."""
    stopping = Stopping()
    stopping.listen()
    try:
        follow(int(sys.argv[1]))
        os.setpgid(0, 0)
        work(Order.from_json(sys.stdin.read()), worker_name(), stopping)
    except Trouble as trouble:
        print(trouble)
    except GiveBack:
        pass


if __name__ == "__main__":
    main()
