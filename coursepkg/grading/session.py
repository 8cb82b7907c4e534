"""One submission, from its folder to its outcome: two processes, one cell after another."""

import json
import random
import select
import time
from dataclasses import asdict

from coursepkg.grading.intake import admit
from coursepkg.grading.limits import MEBIBYTE, Limits
from coursepkg.grading.outcome import (
    GRADED,
    NEEDS_A_LOOK,
    REJECTED,
    CellResult,
    NotebookOutcome,
    Outcome,
    Rejected,
)
from coursepkg.grading.plan import rebuild
from coursepkg.grading.wire import Connection, WireError

FIRST_LOOK_SECONDS = 0.02
LOOK_SECONDS = 0.25  # how often a running cell's memory is measured; measuring costs milliseconds
GRACE_SECONDS = 20.0  # what an examiner may take beyond a cell's time before it is given up
MOST_NAMED = 6  # cells in one sentence
EXAMINERS = 2  # how many one notebook may use up before a person is asked
OUTPUT_BYTES = 32 * MEBIBYTE  # what all cells of a notebook may show together
JUDGED = ("test", "manual")
NO_EXAMINER = "The grader itself could not judge this cell. Your instructor will look at it."


class ExaminerLost(Exception):
    """The examiner's process ended or did not answer; the message says which."""


def grade_submission(student, assignment, folder, parent, limits=None):
    """Grades what one student handed in.

    Nothing that a submission does makes this raise: it ends in a grade, or in a reason that its owner can
    read.

    Args:
        student: str, the student's id.
        assignment: `plan.Assignment`.
        folder: path of the submission's folder.
        parent: `sandbox.WarmParent`, from which the two processes are forked.
        limits: `Limits`, or `None` for the defaults.

    Returns:
        `Outcome`.

    Raises:
        sandbox.CannotStart: if this machine cannot start the two processes.
    """
    limits = limits or Limits()
    started = time.monotonic()
    outcome = Outcome(student, assignment.name, GRADED)
    try:
        admitted = admit(folder, assignment)
        outcome.notes += admitted.notes
        for name, source in assignment.notebooks.items():
            rebuilt = rebuild(source, admitted.notebooks.get(name))
            if name in admitted.notebooks:
                outcome.notes += rebuilt.notes
                files = {**admitted.files, **assignment.files}  # the course's own files are put back
                deadline = started + limits.submission_seconds
                with Sitting(rebuilt, files, parent, limits, deadline, assignment.files) as sitting:
                    cells = sitting.run()
                outcome.notes += sitting.notes
                outcome.peak_memory = max(outcome.peak_memory, sitting.peak_memory)
                if sitting.concern:
                    outcome.state, outcome.reason = NEEDS_A_LOOK, sitting.concern
            else:
                outcome.notes.append(f"{name}.ipynb was not handed in and earns nothing.")
                missing = "This notebook was not handed in."
                cells = [_nothing(cell, missing) for cell in rebuilt.cells if cell.kind in JUDGED]
            outcome.notebooks.append(NotebookOutcome(name, cells, rebuilt.notebook, rebuilt.unanswered))
    except Rejected as problem:
        outcome.state, outcome.reason, outcome.notebooks = REJECTED, str(problem), []
    outcome.seconds = time.monotonic() - started
    return outcome


def _nothing(cell, message):
    return CellResult(cell.name, "not run", cell.points, 0.0, message, cell.heading)


class Sitting:
    """The examination of one notebook: a student's process, an examiner's, and the cells that they take.

    A context manager; both processes end with it.

    Args:
        rebuilt: `plan.Rebuilt`; the cells of its notebook receive their outputs.
        files: dict from relative path to bytes, what the student's code may read.
        parent: `sandbox.WarmParent`.
        limits: `Limits`.
        deadline: float, the moment on the monotonic clock at which the submission's time is over.
        given: dict from relative path to bytes, what the tests may read: the course's own files alone.

    Attributes:
        notes: list of str, for the student.
        concern: str, why a person should look at the submission; empty if all went as it should.
        peak_memory: int, bytes, the most that both processes were seen to hold together.

    Raises:
        sandbox.CannotStart: by `run`, if this machine cannot start the processes.
    """

    def __init__(self, rebuilt, files, parent, limits, deadline, given=None):
        self.rebuilt = rebuilt
        self.files = files
        self.given = given or {}
        self.parent = parent
        self.limits = limits
        self.deadline = deadline
        self.notes = []
        self.concern = ""
        self.peak_memory = 0
        self.student = self.examiner = self.control = None
        self.students = self.examiners = 0
        self.ended_for = ""  # what the student's process used too much of
        self.executed = 0
        self.room = OUTPUT_BYTES
        self.at = None  # the position of the cell that the examiner is at
        self.fatal = set()  # positions of cells over which an examiner was lost
        self.lost = {}  # names of cells at which one was lost, and why
        self.closed = False  # whether a cell is missing on which everything behind it may build
        judged = [position for position, cell in enumerate(rebuilt.cells) if cell.kind in JUDGED]
        self.first, self.last = (judged[0], judged[-1]) if judged else (0, 0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        children = [child for child in (self.student, self.examiner) if child is not None]
        for child in children:  # they go at the same time
            child.hang_up()
        for child in children:
            child.kill()

    def run(self):
        """Takes the notebook's cells, one after another.

        Returns:
            List of `CellResult`, for the cells that carry points.
        """
        results, stopped = [], ""
        for position, cell in enumerate(self.rebuilt.cells):
            stopped = stopped or self._why_stop()
            if position == self.first and not stopped:
                self._learn_modules()
            if not cell.runs:
                reply = {"status": "passed"}
            elif stopped:
                reply = {"status": "not run", "message": stopped}
            elif self.closed or self.examiners > EXAMINERS:
                reply = {"status": "manual", "earned": None, "message": NO_EXAMINER}
            else:
                reply = self._take(position, cell)
                self._keep_outputs(cell, reply)
            if cell.kind in JUDGED:
                results.append(self._judge(cell, reply))
        if self.lost:
            self.concern = f"{self._what_was_lost(results)} {self.concern}".strip()
        return results

    def _what_was_lost(self, results):
        """A sentence for the person who judges what no examiner could."""
        tests = {cell.name for cell in self.rebuilt.cells if cell.kind == "test"}
        waiting = [f"'{one.grade_id}'" for one in results if one.earned is None and one.grade_id in tests]
        if len(waiting) > MOST_NAMED:
            waiting[MOST_NAMED:] = [f"{len(waiting) - MOST_NAMED} more"]
        judging = f"could not judge {', '.join(waiting)}, because it " if waiting else ""
        places, reasons = ", ".join(map(repr, self.lost)), "; ".join(dict.fromkeys(self.lost.values()))
        lost = f"The grader {judging}lost its own process at {places} ({reasons})."
        return f"{lost} Your instructor will look at it."

    def _why_stop(self):
        """Returns why no further cell is taken, or `""`."""
        if time.monotonic() >= self.deadline:
            return (
                f"The time for the whole submission ({self.limits.submission_seconds:g} s) was used up "
                "before this cell. Look for the tests that were too slow."
            )
        if self.students > self.limits.restarts:
            return (
                f"Your code ended its process or did not answer {self.students} times; after that the grader "
                "does not go on. Look for the first cell where that happened."
            )
        return ""

    def _take(self, position, cell):
        """Has one cell taken; where the student's process is lost over it, the next cell gets a new one."""
        try:
            self._start(position)
            reply = self._have_run(position)
        except _NoStudent as problem:
            return {"status": "stopped", "message": str(problem), "earned": 0.0}
        except ExaminerLost as problem:
            return self._without_examiner(position, problem)
        if reply.get("student") != "ok":
            if reply["status"] != "too slow":
                reply["message"] = self._explain(reply)
            if cell.kind not in ("test", "locked"):
                self.notes.append(f"'{cell.name}' was left out of what follows. {reply['message']}")
            self._end_student()
        elif cell.kind == "locked" and position < self.last and reply["status"] != "passed":
            self.notes.append(f"The locked cell '{cell.name}' stopped with an error: {reply['message']}")
        if cell.kind == "locked" and reply["status"] != "passed" and self._is_set_up(position):
            self.concern = (
                f"The locked cell '{cell.name}' failed before any answer ran ({reply['message']}). "
                "Does this machine have what the assignment imports? Your instructor will look at it."
            )
        return reply

    def _is_set_up(self, position):
        """Tells whether a student has no part in what a cell meets: no answer ran before it."""
        return not any(cell.runs and cell.kind != "locked" for cell in self.rebuilt.cells[:position])

    def _learn_modules(self):
        """What the set-up imported, the next submission finds imported already."""
        if self.examiner is not None:
            try:
                self.parent.preload(self._ask({"do": "modules"}, GRACE_SECONDS)["modules"])
            except ExaminerLost:  # its answer may yet come, and must not be taken for another
                self._end_examiner()

    def _have_run(self, position):
        """Has the examiner take one cell; if it is lost over it, `at` still says which one that was."""
        self.at = position
        reply = self._ask(self._request(position), self._seconds() + GRACE_SECONDS)
        self.at = None
        return reply

    def _request(self, position):
        cell = self.rebuilt.cells[position]
        kind = "solution" if cell.kind == "manual" else cell.kind
        if kind == "locked" and position > self.last:  # no test builds on it; it is there to be looked at
            kind = "code"
        return {
            "do": "cell",
            "kind": kind,
            "name": cell.name,
            "source": cell.source,
            "points": cell.points,
            "seconds": self._seconds(),
        }

    def _seconds(self):
        """What a cell may take now."""
        return max(1.0, min(self.limits.cell_seconds, self.deadline - time.monotonic()))

    def _start(self, position):
        """Sees to it that both processes are there, and that both know the cells so far."""
        if self.examiner is None:
            self._start_examiner(position)
        while self.student is None:
            if self.students > self.limits.restarts or time.monotonic() >= self.deadline:
                raise _NoStudent("Your code's process ended again while the cells above were run anew.")
            self._start_student()

    def _start_examiner(self, position):
        self.examiners += 1
        self._end_student()
        self.examiner = self.parent.spawn("examiner", self.given)
        self.control = Connection(self.examiner.channel, self.limits)
        self._ask({"do": "limits", **asdict(self.limits)}, GRACE_SECONDS)
        if position:
            self._start_student()
            for earlier in range(position):  # what later tests may build on; the verdicts stand
                if earlier in self.fatal:
                    lost = self.rebuilt.cells[earlier]
                    self._ask({"do": "withhold", "name": lost.name, "source": lost.source}, GRACE_SECONDS)
                elif self.rebuilt.cells[earlier].runs and self._have_run(earlier).get("student") != "ok":
                    self._end_student()
                    self._start(0)

    def _start_student(self):
        self.students += 1
        self.ended_for = ""
        self.student = self.parent.spawn("student", self.files)
        seconds = max(1.0, self.deadline - time.monotonic())
        try:
            self.control.send({"do": "student", "seconds": seconds})
            self.control.send_socket(self.student.channel)
        except (WireError, OSError) as error:
            raise ExaminerLost(str(error)) from None
        self.student.channel.close()  # the examiner's alone, so that it notices when the student's end closes
        reply = self._receive(seconds + GRACE_SECONDS)
        if not reply.get("ok"):
            self._end_student()

    def _end_student(self):
        if self.student is not None:
            self.student.kill()
            self.student = None

    def _ask(self, message, seconds):
        try:
            self.control.send(message, deadline=time.monotonic() + GRACE_SECONDS)
        except WireError as error:
            raise ExaminerLost(str(error)) from None
        return self._receive(seconds)

    def _receive(self, seconds):
        """Waits for the examiner's answer, and meanwhile looks after memory and processors."""
        deadline, wait = time.monotonic() + seconds, FIRST_LOOK_SECONDS
        # At moments that nobody can foresee, who would have his processes pause for them.
        while not select.select([self.control.socket], [], [], wait * random.uniform(0.5, 1.5))[0]:
            if time.monotonic() > deadline:
                raise ExaminerLost(f"it did not answer within {seconds:.0f} s")
            self._look()
            wait = min(wait * 2, LOOK_SECONDS)
        try:
            message, _ = self.control.receive(time.monotonic() + GRACE_SECONDS)
        except WireError as error:
            raise ExaminerLost(self.examiner.ended_because() or str(error)) from None
        return message

    def _look(self):
        """Ends what uses more than it may of the machine."""
        used = self.student.usage() if self.student is not None else 0
        judging = self.examiner.usage()
        self.peak_memory = max(self.peak_memory, used + judging)
        if used > self.limits.memory:
            self.ended_for = f"it used more than {self.limits.memory / MEBIBYTE:.0f} MiB of memory"
            self.student.kill()
        elif self.student is not None and (busy := self.student.too_busy()):
            self.ended_for = busy
            self.student.kill()
        if judging > self.limits.memory:
            raise ExaminerLost(f"it used more than {self.limits.memory / MEBIBYTE:.0f} MiB of memory")

    def _explain(self, reply):
        """Why the student's process is gone, as far as anybody knows."""
        self.student.kill()  # afterwards its init has said how it ended
        reason = self.ended_for
        if not reason and reply["student"] == "gone":  # else it ended because the examiner hung up
            reason = self.student.ended_because()
        return f"Your code's process is gone: {reason}." if reason else reply["message"]

    def _without_examiner(self, position, problem):
        """The examiner is lost, which no answer should bring about: a person looks at the submission.

        What the cell over which it was lost was to define must never be taken from the answer instead. The
        next examiner withholds a test's names; behind any other cell everything is a person's to judge.
        """
        if self.at is not None:
            self.fatal.add(self.at)
            self.closed = self.closed or self.rebuilt.cells[self.at].kind != "test"
        self.lost.setdefault(self.rebuilt.cells[position if self.at is None else self.at].name, str(problem))
        self.at = None
        self._end_examiner()
        return {"status": "manual", "earned": None, "message": NO_EXAMINER}

    def _end_examiner(self):
        if self.examiner is not None:
            self.examiner.kill()
            self.examiner = None
        self._end_student()

    def _keep_outputs(self, cell, reply):
        target = self.rebuilt.notebook["cells"][cell.index]
        if target["cell_type"] == "code" and "outputs" in reply:
            self.executed += 1
            shown = json.dumps(reply["outputs"])
            if len(shown) > self.room:
                text = f"Left out: all cells together show more than {OUTPUT_BYTES // MEBIBYTE} MiB.\n"
                shown = json.dumps([{"output_type": "stream", "name": "stderr", "text": text}])
            else:
                self.room -= len(shown)
            target["outputs"] = json.loads(shown)
            target["execution_count"] = self.executed

    def _judge(self, cell, reply):
        """What a cell earns: a test what the examiner says, an answer graded by hand nothing yet."""
        status, earned = reply["status"], reply.get("earned", 0.0)
        message = reply.get("message", "")
        if cell.kind == "manual":
            unanswered = cell.name in self.rebuilt.unanswered
            status, earned, message = ("not written", 0.0, "") if unanswered else ("manual", None, "")
        elif status == "manual" and not self.concern and not self.lost:
            self.concern = f"The test '{cell.name}' gave no clear verdict. Your instructor will look at it."
        seconds = float(reply.get("seconds", 0.0))
        return CellResult(cell.name, status, cell.points, earned, message, cell.heading, seconds)


class _NoStudent(Exception):
    """No process for the student's code can be had any more; the message is for its owner."""
