"""Stand-ins for session and warm parent, named in an `Order`: scores by name alone, a little sleep."""

import contextlib
import hashlib
import json
import os
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import nbformat

from coursepkg.grading.outcome import GRADED, NEEDS_A_LOOK, REJECTED, CellResult, NotebookOutcome, Outcome
from coursepkg.grading.plan import rebuild
from coursepkg.grading.sandbox import CannotStart


class NoParent:
    """A warm parent that nothing is forked from."""

    deaths = 0

    def __init__(self, limits=None, confined=True, imports=()):
        self.confined = confined

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class NeverStarts(NoParent):
    """A session that asks it for a child is told why there is none."""

    def spawn(self, role, files=None):
        raise CannotStart("The warm parent could not start: no such luck.")


def hand_in(course, student, answer="answer = 42", **orders):
    """Hands in `ps1` of the tiny course.

    Args:
        course: path of the course folder.
        student: str, the student's id.
        answer: str, the code of the cell `answer`.
        **orders: what `grade_submission` of this module is to do.
    """
    folder = Path(course) / "submitted" / student / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((Path(course) / "release" / "ps1").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "answer":
                cell.source = answer
        nbformat.write(notebook, folder / path.name)
    (folder / "timestamp.txt").write_text("2026-02-01 12:00:00 UTC\n")
    if orders:
        (folder / "orders.json").write_text(json.dumps(orders))
    return folder


def begun(log):
    """How often each student's submission was begun, and how often finished, as two counters."""
    lines = [line.split() for line in Path(log).read_text().splitlines()] if Path(log).exists() else []
    return tuple(Counter(name for _, name, what in lines if what == which) for which in ("begin", "end"))


def automatic_scores(course, assignment="ps1"):
    """What nbgrader's tables say, read without any of the grader's code: points by student and cell."""
    with sqlite3.connect(Path(course) / "gradebook.db") as connection:
        return {
            (student, cell): points
            for student, cell, points in connection.execute(
                "SELECT s.student_id, c.name, g.auto_score FROM grade g JOIN submitted_notebook n"
                " ON g.notebook_id = n.id JOIN submitted_assignment s ON n.assignment_id = s.id"
                " JOIN base_cell c ON g.cell_id = c.id JOIN assignment a ON s.assignment_id = a.id"
                " WHERE a.name = ?",
                (assignment,),
            )
        }


def expected_scores(students, cells=(("test_answer", 2), ("test_part", 4), ("test_other", 1))):
    """What this module's session gives to the cells that a program judges."""
    return {(student, cell): score(student, cell, points) for student in students for cell, points in cells}


def note(student, what):
    """Writes a line that tests count; short appends are whole."""
    path = os.environ.get("STAND_IN_LOG")
    if path:
        with open(path, "a") as file:
            file.write(f"{os.getpid()} {student} {what}\n")


def wait_for_company():
    """Waits until so many processes have begun something as a test asks for: what one would do alone is
    done before another has started, on a machine that is slow just then."""
    deadline = time.monotonic() + 90
    while len(begun_by()) < int(os.environ.get("STAND_IN_COMPANY", "0")):
        if time.monotonic() > deadline:
            raise TimeoutError("the others did not come")
        time.sleep(0.02)


def begun_by():
    """The ids of the processes that have begun something, as the log names them."""
    path = os.environ.get("STAND_IN_LOG")
    lines = Path(path).read_text().splitlines() if path and Path(path).exists() else []
    return {line.split()[0] for line in lines}


@contextlib.contextmanager
def signalled(number, condition):
    """A `with` block around a run, in which this process is sent a signal once a condition holds.

    It is sent while the run listens and never else: a signal that comes too late would end the tests. If
    the condition does not come to hold, the run goes on unsignalled, and ends.

    Args:
        number: int, the signal.
        condition: callable without arguments.
    """
    ended, before = threading.Event(), signal.getsignal(number)

    def send():
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and not ended.wait(0.02):
            if condition():
                if signal.getsignal(number) != before:
                    os.kill(os.getpid(), number)
                return

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        yield
    finally:
        ended.set()
        sender.join(10)


def score(student, grade_id, points):
    """A number of points that depends on the names alone."""
    digest = hashlib.sha256(f"{student}/{grade_id}".encode()).digest()
    return round(points * (digest[0] % 5) / 4, 3)


def grade_submission(student, assignment, folder, parent, limits):
    """Grades by name; a file `orders.json` in the submission's folder may ask for something else."""
    path = Path(folder) / "orders.json"
    orders = json.loads(path.read_text()) if path.exists() else {}
    note(student, "begin")
    wait_for_company()
    time.sleep(orders.get("sleep", float(os.environ.get("STAND_IN_SLEEP", "0.01"))))
    if orders.get("end"):
        os.kill(os.getpid(), orders["end"])
    if orders.get("spawn"):
        parent.spawn("student")
    if orders.get("raise"):
        raise ValueError(orders["raise"])
    outcome = Outcome(student, assignment.name, orders.get("state", GRADED), orders.get("reason", ""))
    assert outcome.state in (GRADED, NEEDS_A_LOOK, REJECTED)
    for name, source in assignment.notebooks.items() if outcome.state != REJECTED else ():
        rebuilt = rebuild(source, None)
        cells = []
        for cell in rebuilt.cells:
            if cell.kind == "test":
                earned = score(student, cell.name, cell.points)
                status = "passed" if earned == cell.points else "partial" if earned else "failed"
                message = "" if status == "passed" else f"{cell.name} is not right."
                cells.append(CellResult(cell.name, status, cell.points, earned, message, cell.heading))
            elif cell.kind == "manual":
                cells.append(CellResult(cell.name, "manual", cell.points, None))
        outcome.notebooks.append(NotebookOutcome(name, cells, dict(rebuilt.notebook), rebuilt.unanswered))
    note(student, "end")
    return outcome


def on_a_small_disk(released, course):
    """Copies a course onto a disk that is then filled, grades, makes room, grades again; prints the ends."""
    import io
    import shutil
    from types import SimpleNamespace

    from coursepkg.grading import commands
    from coursepkg.grading.order import Order

    shutil.copytree(released, course)
    filler = Path(course).parent / "filler"
    room = os.statvfs(course)
    with open(filler, "wb") as file:
        file.write(b"x" * (room.f_bavail * room.f_frsize - 150_000))
    options = SimpleNamespace(force=False, workers=2, scheduler=None, dry_run=False, watch=False)
    order = Order(
        course, "ps1", confined=False, session="stand_ins:grade_submission", parent="stand_ins:NoParent"
    )
    for _ in range(2):
        with contextlib.redirect_stderr(io.StringIO()) as said, contextlib.redirect_stdout(said):
            code = commands.run(order, options)
        with contextlib.closing(sqlite3.connect(Path(course) / "gradebook.db")) as connection:
            states = Counter(state for (state,) in connection.execute("SELECT state FROM coursepkg_queue"))
        scores = {key: points for key, points in automatic_scores(course).items() if "test_" in key[1]}
        came = {
            "code": code,
            "said": said.getvalue(),
            "graded": states["done"],
            "leased": states["leased"],
            "scores": [[*key, points] for key, points in sorted(scores.items())],
            "hidden": [str(path) for path in Path(course).rglob(".*")],
        }
        print(json.dumps(came))
        filler.unlink(missing_ok=True)


if __name__ == "__main__":
    on_a_small_disk(*sys.argv[1:])
