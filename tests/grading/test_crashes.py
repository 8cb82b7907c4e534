"""`kill -9` at random moments, a full disk, two graders on one course: nothing lost, nothing doubled.

The truth is a run that nothing disturbed. The assignment costs no imports, so that the moments fall into
every part of a run: opening the course, leasing, starting a warm parent, grading, writing folders, recording.
"""

import contextlib
import ctypes
import hashlib
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import hostile_course
import psutil
import pytest
import stand_ins
from stand_ins import begun, expected_scores, hand_in

from coursepkg.grading.order import Order
from coursepkg.grading.runner import Run
from coursepkg.grading.sandbox import DEFAULT_IMPORTS
from coursepkg.grading.worker import warm_parent

PR_SET_CHILD_SUBREAPER = 36
STAND_INS = {
    "confined": False,
    "session": "stand_ins:grade_submission",
    "parent": "stand_ins:NoParent",
}
CONFINED = {"imports": ("IPython.core.interactiveshell",)}
KINDS = ("grader", "worker", "warm parent")
ANSWERS = ("answer = 42", "answer = 7", "raise ValueError('no')", "import os; os._exit(1)", "answer = [1, 2]")


@pytest.fixture(autouse=True)
def orphans_come_to_us():
    """A grader's processes outlive it as children of this one, so that none is overlooked."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = {child.pid for child in psutil.Process().children()}
    yield
    deadline = time.monotonic() + 20
    while (left := running(before)) and time.monotonic() < deadline:
        time.sleep(0.05)
    names = [one.name() for one in left]
    for one in left:
        one.kill()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    assert not names


def running(before):
    """What runs below this process and did not before; what has ended is reaped."""
    left = []
    for child in psutil.Process().children():
        if child.pid in before or child.name() == "postgres":
            continue
        if child.status() == psutil.STATUS_ZOMBIE:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child.pid, os.WNOHANG)
        else:
            left.append(child)
    return left


class Grader:
    """`coursepkg grade` in a process of its own, forked, because importing nbgrader takes seconds."""

    def __init__(self, order, scratch, force=False, workers=2):
        fork = multiprocessing.get_context("fork")
        self.scratch = scratch
        self.process = fork.Process(target=self._grade, args=(order, force, workers))
        self.process.start()

    def _grade(self, order, force, workers):
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        tempfile.tempdir = str(self.scratch)
        log = os.open(self.scratch.parent / "grader.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        with warm_parent(order) if order.confined else contextlib.nullcontext() as nursery:
            if nursery:
                nursery.begin()  # as `coursepkg grade` does
            run = Run(order, force=force, workers=workers, nursery=nursery)
            sys.exit(run.grade(run.choose()).code)

    def victims(self):
        """The processes that can be killed now, by what they are."""
        found = {"grader": [], "worker": [], "warm parent": []}
        with contextlib.suppress(psutil.NoSuchProcess):
            grader = psutil.Process(self.process.pid)
            found["grader"] = [grader]
            found["worker"] = [child for child in grader.children() if child.name() != "bwrap"]
            # bubblewrap, its first process inside, the warm parent itself, and its twins; not their children
            deep = [(child, 4) for child in grader.children() if child.name() == "bwrap"]
            for worker in found["worker"]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    deep += [(child, 3) for child in worker.children()]
            for child, depth in deep:
                with contextlib.suppress(psutil.NoSuchProcess):
                    level = [child]
                    for _ in range(depth):
                        found["warm parent"] += level
                        level = [below for one in level for below in one.children()]
        return found

    def ended(self, seconds):
        self.process.join(seconds)
        return self.process.exitcode is not None

    def finish(self):
        assert self.ended(120), (self.scratch.parent / "grader.log").read_text()
        return self.process.exitcode


def picture(course):
    """Everything that a run leaves behind and any other must leave behind too, without keys and times."""
    tables = {}
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as connection:
        for name, query in QUERIES.items():
            tables[name] = sorted(map(repr, connection.execute(query)))
    tables["files"] = {
        str(path.relative_to(course)): untimed(path) if path.is_file() else ""
        for step in ("autograded", "feedback")
        for path in sorted((course / step).rglob("*"))
    }
    return tables


def untimed(path):
    """A digest of a file, but for how long each cell took."""
    return hashlib.sha256(re.sub(rb'"seconds": [^,\n]*', b"", path.read_bytes())).hexdigest()


OF_CELL = (
    " n JOIN submitted_assignment s ON n.assignment_id = s.id JOIN notebook b ON n.notebook_id = b.id"
    " JOIN {0} g ON g.notebook_id = n.id JOIN base_cell c ON g.cell_id = c.id"
)
QUERIES = {
    "students": "SELECT id FROM student",
    "submissions": "SELECT student_id, timestamp, extension FROM submitted_assignment",
    "notebooks": "SELECT s.student_id, b.name, n.late_submission_penalty FROM submitted_notebook n JOIN"
    " submitted_assignment s ON n.assignment_id = s.id JOIN notebook b ON n.notebook_id = b.id",
    "grades": "SELECT s.student_id, b.name, c.name, g.auto_score, g.manual_score, g.extra_credit,"
    " g.needs_manual_grade FROM submitted_notebook" + OF_CELL.format("grade"),
    "comments": "SELECT s.student_id, b.name, c.name, g.auto_comment, g.manual_comment FROM"
    " submitted_notebook" + OF_CELL.format("comment"),
    "queue": "SELECT student, assignment, fingerprint, version, state, verdict, reason FROM coursepkg_queue",
}


def hand_in_everything(course, count):
    for number in range(count):
        hand_in(course, f"s{number:02d}", answer=ANSWERS[number % len(ANSWERS)])


def kill_often(course, scratch, settings, kills, seed, longest, assignment="ps1"):
    """Kills each kind of process as often as the others, at moments and in an order that are drawn; then
    finishes, and says how often it killed what."""
    draw = random.Random(seed)
    order = Order(str(course), assignment, **settings)
    kinds = [kind for kind in KINDS if settings is not STAND_INS or kind != "warm parent"]
    # Each kind as often as the others, in an order that is drawn: what is left of it is what is still to do.
    planned = [kinds[number % len(kinds)] for number in range(kills)]
    draw.shuffle(planned)
    killed = Counter()
    grader = Grader(order, scratch)
    while planned:
        kind = planned[-1]
        if grader.ended(min(draw.expovariate(2), longest)):
            grader = Grader(order, scratch, force=True)  # nothing was left to kill
            continue
        for _ in range(200):
            if (victims := grader.victims()[kind]) or grader.ended(0.01):
                break
        if victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                draw.choice(victims).kill()
                killed[planned.pop()] += 1
        if kind == "grader" and grader.ended(5):
            grader = Grader(order, scratch, force=draw.random() < 0.3)
    grader.finish()
    code = Grader(order, scratch).finish()  # what the next call of the command does
    assert code == 0, (scratch.parent / "grader.log").read_text()
    return killed


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def undisturbed(released_course, tmp_path, scratch):
    """Makes a course, and says what a run leaves behind that nothing disturbs."""

    def make(count, settings):
        course = Path(shutil.copytree(released_course, tmp_path / "course"))
        hand_in_everything(course, count)
        other = Path(shutil.copytree(course, tmp_path / "undisturbed"))
        assert Grader(Order(str(other), "ps1", **settings), scratch).finish() == 0
        return course, picture(other)

    return make


@pytest.mark.sandbox
def test_a_hundred_kills_change_nothing(undisturbed, scratch):
    course, expected = undisturbed(8, CONFINED)
    assert len(expected["grades"]) == 8 * 6
    killed = kill_often(course, scratch, CONFINED, kills=100, seed=20261121, longest=3)
    assert picture(course) == expected
    assert killed == {"grader": 34, "worker": 33, "warm parent": 33}
    assert list(scratch.iterdir()) == []


@pytest.mark.sandbox
def test_kills_change_nothing_on_a_real_assignment(tmp_path, scratch):
    slug = hostile_course.FIRST
    settings = {"imports": tuple(name for name in DEFAULT_IMPORTS if name != "keras")}
    made = hostile_course.assignments_conftest().Course(tmp_path / "course")
    made.nbgrader("generate_assignment", slug)
    # What these answers are told is the same every time: nothing that is drawn stands in it.
    for student, only in (("ada", None), ("bob", []), ("cy", ["encode", "decode", "masked-mean"])):
        made.submit(student, slug, made.answered(slug, only=only))
        (made.folder / "submitted" / student / slug / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(made.folder.parent, undisturbed)
    assert Grader(Order(str(undisturbed / "assignments"), slug, **settings), scratch).finish() == 0
    expected = picture(undisturbed / "assignments")
    kill_often(made.folder, scratch, settings, kills=12, seed=3, longest=4, assignment=slug)
    assert picture(made.folder) == expected
    assert list(scratch.iterdir()) == []


def test_kills_change_nothing_without_confinement_either(undisturbed, scratch):
    course, expected = undisturbed(20, STAND_INS)
    kill_often(course, scratch, STAND_INS, kills=20, seed=7, longest=1)
    assert picture(course) == expected
    assert list(scratch.iterdir()) == []


def both(order, scratch, count):
    graders = [Grader(order, scratch) for _ in range(count)]
    return [grader.finish() for grader in graders]


def test_two_graders_on_one_course(tiny_course, database_url, scratch, monkeypatch, tmp_path):
    monkeypatch.setenv("STAND_IN_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("STAND_IN_COMPANY", "3")  # one grader has two workers
    names = [f"s{number:02d}" for number in range(24)]
    for name in names:
        hand_in(tiny_course, name)
    assert both(Order(str(tiny_course), "ps1", database_url, **STAND_INS), scratch, 2) == [0, 0]
    assert begun(tmp_path / "log")[0] == dict.fromkeys(names, 1)
    workers = {line.split()[0] for line in (tmp_path / "log").read_text().splitlines()}
    assert len(workers) > 2  # both took part
    assert scores_in(tiny_course, database_url) == expected_scores(names)


def scores_in(course, url):
    from coursepkg.grading import gradebook
    from coursepkg.grading.course import open_course

    scores = gradebook.scores(open_course(course, url), "ps1")
    return {(one.student, one.cell): one.auto_score for one in scores if one.cell.startswith("test_")}


@pytest.mark.sandbox
def test_a_full_disk_is_named_and_a_rerun_completes(tiny_course, tmp_path):
    """On three megabytes of disk of its own, in its own mount namespace, most of them filled up."""
    for number in range(6):
        hand_in(tiny_course, f"s{number}")
    small = tmp_path / "small"
    small.mkdir()
    command = [
        "bwrap",
        "--dev-bind",
        "/",
        "/",
        "--size",
        str(3 * 2**20),
        "--tmpfs",
        small,
        "--die-with-parent",
    ]
    done = subprocess.run(
        [*command, sys.executable, stand_ins.__file__, str(tiny_course), str(small / "course")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    full, after = map(json.loads, done.stdout.splitlines())
    assert full["code"] == 2
    assert "is full" in full["said"]
    assert "Make room and run" in full["said"]
    assert "Traceback" not in full["said"]
    assert full["graded"] < 6
    assert full["leased"] == 0
    assert after["code"] == 0
    assert after["graded"] == 6
    names = [f"s{number}" for number in range(6)]
    assert after["scores"] == [[*key, points] for key, points in sorted(expected_scores(names).items())]
    assert after["hidden"] == []
