"""What a submission tries against source, neighbours, verdict and machine; it earns what its honest parts do.

Each attack is a file of `attacks/`. The session that grades everybody grades it, in the real confinement, and
an honest submission behind it by the same warm parent.
"""

import copy
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that the tests find `hostile_course`

import hostile_course
from hostile_course import FIRST, LEAK

from coursepkg.grading import folders, gradebook
from coursepkg.grading.borrowed import find_borrowed
from coursepkg.grading.limits import Limits
from coursepkg.grading.plan import Assignment
from coursepkg.grading.sandbox import DEFAULT_IMPORTS, WarmParent
from coursepkg.grading.session import grade_submission
from coursepkg.grading.winnowing import read_answer

pytestmark = pytest.mark.sandbox

IMPORTS = tuple(name for name in DEFAULT_IMPORTS if name != "keras")
LIMITS = Limits(
    memory=700 * 2**20,
    cell_seconds=20.0,
    submission_seconds=60.0,
    disk_bytes=64 * 2**20,
    message_bytes=32 * 2**20,
    processes=64,
)
ATTACKS = hostile_course.attacks()
HONEST = hostile_course.Attack.read_text("ada", '"""An honest submission."""\n\nWHOLE = True\n')
NEIGHBOUR = hostile_course.Attack.read_text("charles", '"""One that is graded after every attack."""\n')


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    with hostile_course.course_in(tmp_path_factory.mktemp("hostile")) as made:
        yield made


@pytest.fixture(scope="module")
def parent():
    with WarmParent(LIMITS, imports=IMPORTS) as made:
        yield made


@pytest.fixture(scope="module")
def keras_parent():
    with WarmParent(LIMITS) as made:
        yield made


@pytest.fixture(scope="module")
def neighbours(course):
    """Two honest submissions, on disk before the first attack."""
    folders = [course.submit(HONEST), course.submit(NEIGHBOUR)]
    for folder in folders:
        (folder / "notes.txt").write_text(course.token)
    return folders


@pytest.fixture(scope="module")
def usual(course, parent, neighbours):
    """What the pages of an honest submission run, load and link."""
    pages = recorded_pages(course, grade(course, parent, HONEST, neighbours[0]), HONEST)
    found = hostile_course.active_parts(hostile_course.rendered(pages[f"autograded/{FIRST}.ipynb"]))
    for page in pages.values():
        found |= hostile_course.active_parts(page)
    assert not any("alert" in part or ("http-equiv" in part and "Security" not in part) for part in found)
    return found


def grade(course, parent, attack, folder):
    limits = replace(LIMITS, **attack.limits)
    parent.limits = limits
    try:
        return grade_submission(attack.name, course.assignment(attack), folder, parent, limits)
    finally:
        parent.limits = LIMITS


def fingerprint_of(*folders):
    """What lies in folders, byte by byte."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            digest.update(str(path).encode() + (path.read_bytes() if path.is_file() else b""))
    return digest.hexdigest()


def pages_of(course, outcome):
    """The files that the instructor and the student open, as text, by name."""
    pages = {}
    for step in ("autograded", "feedback"):
        folder = course.course.path(step, outcome.student, outcome.assignment)
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file():
                pages[f"{step}/{path.name}"] = path.read_text(encoding="utf-8", errors="replace")
    return pages


def recorded_pages(course, outcome, attack):
    """Writes an outcome to the gradebook and to the folders that people open, and returns their pages."""
    assignment = course.release(attack.slug)
    gradebook.record(course.course, outcome, assignment)
    folders.write_outcome(course.course, outcome, assignment)
    return without_test_cells(pages_of(course, outcome))


def without_test_cells(pages):
    """The pages without the sources of test cells, which instructors read in the autograded notebook."""
    kept = {}
    for name, page in pages.items():
        if name.endswith(".ipynb"):
            notebook = json.loads(page)
            for cell in notebook["cells"]:
                if cell["metadata"].get("nbgrader", {}).get("grade"):
                    cell["source"] = ""
            page = json.dumps(notebook)
        kept[name] = page
    return kept


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_an_attack_gains_nothing_and_touches_nobody(attack, course, request, neighbours, usual):
    parent = request.getfixturevalue("parent" if attack.slug == FIRST else "keras_parent")
    folder = course.submit(attack)
    reached = len(course.reached)
    watched = [course.folder / "source", course.folder / "release", *neighbours, course.outside]
    before = fingerprint_of(*watched)
    started = time.monotonic()
    outcome = grade(course, parent, attack, folder)
    seconds = time.monotonic() - started
    said, shown = hostile_course.parts_of(outcome)
    print(f"{attack.name}: {seconds:.1f} s, {outcome.state}, {outcome.earned:g} of {outcome.points:g}")
    print(said, shown[:3000], sep="\n")

    assert outcome.state == attack.state, outcome.reason
    earned = {cell.grade_id: cell.earned for notebook in outcome.notebooks for cell in notebook.cells}
    for name, points in hostile_course.expected_points(outcome, attack).items():
        assert points is None or earned[name] == points, (name, earned[name], points)
    for notebook in outcome.notebooks:
        for cell in notebook.cells:
            said_of = attack.loses | attack.manual
            for pattern in (say for name, say in said_of.items() if hostile_course.fits(cell.grade_id, name)):
                assert re.search(pattern, cell.message, re.DOTALL), (cell.grade_id, cell.status, cell.message)
            if any(hostile_course.fits(cell.grade_id, name) for name in attack.manual):
                assert (cell.status, cell.earned) == ("manual", None)
    assert re.search(attack.says, said, re.DOTALL), said
    assert LEAK not in shown + said
    assert course.token not in shown + said
    assert len(course.reached) == reached, "a server of this machine was reached"

    assert len(shown) < 5 * LIMITS.output_bytes

    pages = recorded_pages(course, outcome, attack)
    for name, page in pages.items():
        assert course.token not in page, name
        assert LEAK not in page, name
        if name.endswith(".html"):
            assert "Content-Security-Policy" in page
            assert not hostile_course.active_parts(page) - usual, name
    if attack.rendered:
        page = hostile_course.rendered(pages[f"autograded/{FIRST}.ipynb"])
        assert not hostile_course.active_parts(page) - usual
    assert fingerprint_of(*watched) == before, "the attack changed something outside of its confinement"
    assert not hostile_course.left_behind()

    behind = grade(course, parent, NEIGHBOUR, neighbours[1])
    assert (behind.state, behind.earned) == ("graded", behind.points), hostile_course.parts_of(behind)


def test_the_honest_submission_gets_everything_in_the_end(course, parent, neighbours):
    outcome = grade(course, parent, HONEST, neighbours[0])
    assert (outcome.state, outcome.earned) == ("graded", 52.0), hostile_course.parts_of(outcome)


# What only an assignment of a certain kind is open to: two cells of our own.

SCORES = {
    "not a number": "float('nan')",
    "infinite": "float('inf')",
    "negative": "-1.0",
    "more than there is": "2.0000001",
    "huge": "10**4000",
    "a huge float": "1e308",
    "a lying number": "type('Lie', (float,), dict.fromkeys(['__le__', '__ge__', '__eq__'], print))(99)",
    "true": "True",
    "a NumPy number": "np.float64(1e9)",
    "a NumPy boolean": "np.True_",
}


def tiny(*cells):
    """An assignment of a few cells, each a tuple of kind, name and source; every test is worth two points."""
    made = [hostile_course.named(kind, name, source, 2) for kind, name, source in cells]
    return Assignment("tiny", "v1", {"tiny": nbformat.v4.new_notebook(cells=made)})


def grade_tiny(parent, folder, assignment, **answers):
    """Hands in some answers to a tiny assignment; what its last test earned, and all that was said."""
    notebook = copy.deepcopy(assignment.notebooks["tiny"])
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
    nbformat.write(notebook, folder / "tiny.ipynb")
    outcome = grade_submission("eve", assignment, folder, parent, LIMITS)
    return outcome.notebooks[0].cells[-1], hostile_course.parts_of(outcome)


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_a_score_that_an_answer_makes_up_is_looked_at_by_a_person(parent, tmp_path, score):
    assignment = tiny(
        ("locked", "set-up", "import numpy as np"),
        ("solution", "score", ""),
        ("test", "test-score-points", "score()"),
    )
    cell, said = grade_tiny(parent, tmp_path, assignment, score=f"def score():\n    return {score}")
    assert (cell.status, cell.earned) == ("manual", None), said


def test_what_a_stopped_locked_cell_was_to_define_is_not_the_answers_to_define(parent, tmp_path):
    assignment = tiny(
        ("solution", "square", ""),
        ("locked", "bounds", "largest = square(10)\ntolerance = 1e-9"),
        ("test", "test-square-one", "assert abs(square(3) - 9) <= tolerance"),
    )
    right = "def square(x):\n    return x * x"
    assert grade_tiny(parent, tmp_path, assignment, square=right)[0].earned == 2
    wrong = "tolerance = 1e9\ndef square(x):\n    return {3: 0}[x]"
    cell, said = grade_tiny(parent, tmp_path, assignment, square=wrong)
    assert (cell.status, cell.earned) == ("error", 0), said


def test_what_a_failed_test_was_to_define_is_not_the_answers_to_define(parent, tmp_path):
    assignment = tiny(
        ("solution", "square", ""),
        ("test", "test-square-one", "assert square(2) == 4\ndef judge(x):\n    assert square(x) == x * x"),
        ("test", "test-square-two", "judge(5)"),
    )
    wrong = "def square(x):\n    return 0\ndef judge(x):\n    return None"
    cell, said = grade_tiny(parent, tmp_path, assignment, square=wrong)
    assert (cell.status, cell.earned) == ("error", 0), said


@pytest.mark.parametrize("answer", ["raise StopIteration", "return iter([])"])
def test_an_answer_that_ends_the_loop_of_a_test_fails_it(parent, tmp_path, answer):
    source = "for x, y in zip([1, 2], map(square, [1, 2])):\n    assert y == x * x"
    assignment = tiny(("solution", "square", ""), ("test", "test-square-all", source))
    cell, said = grade_tiny(parent, tmp_path, assignment, square=f"def square(x):\n    {answer}")
    assert cell.earned == 0, said


NASTY_SOURCES = (
    "-" * 49_000 + "1",
    "x = 0x" + "f" * 40_000,
    "x" + ".a" * 24_000,
    "x" + "()" * 24_000,
    "lambda:" * 7_000 + "1",
    "[x for x in " * 150 + "1" + "]" * 150,
    "'\\N{" + "A" * 40_000 + "}'",
    "x = \x00",
    "".join(" " * depth + "if 1:\n" for depth in range(99)) + " " * 99 + "pass",
)


@pytest.mark.parametrize("source", NASTY_SOURCES, ids=range(len(NASTY_SOURCES)))
def test_a_source_that_ends_parsers_ends_no_report(source):
    assert find_borrowed({"answer": source, "other": "import sklearn"})[-1].name == "sklearn"
    assert read_answer({"answer": source}) is not None


@pytest.mark.parametrize(
    "name",
    [
        "stopping-forks",
        "stopping-threads",
        "stopping-signals",
        "stopping-computing",
        "flooding-output",
        "flooding-memory",
    ],
)
def test_a_neighbour_is_graded_at_the_same_time(name, course, parent, neighbours):
    """On another worker of the same machine, as it happens with `--workers 2`."""
    attack = next(attack for attack in ATTACKS if attack.name == name)
    folder = course.submit(attack)
    done = threading.Event()

    def attack_meanwhile():
        with WarmParent(LIMITS, imports=IMPORTS) as other:
            try:
                grade(course, other, HONEST, neighbours[0])  # what the set-up imports is there from now on
                return grade(course, other, attack, folder)
            finally:
                done.set()

    with ThreadPoolExecutor(1) as threads:
        hostile = threads.submit(attack_meanwhile)
        honest = []
        while not honest or not done.is_set():
            honest.append(grade(course, parent, NEIGHBOUR, neighbours[1]))
    assert hostile.result().state == attack.state, hostile.result().reason
    assert [one.earned for one in honest] == [honest[0].points] * len(honest)


def test_a_run_of_the_command_goes_on_to_the_end(course):
    """Some of everything in one class, with `coursepkg grade` itself."""
    chosen = ("stopping-exits-in-cells", "injecting-messages", "forging-edited-tests", "flooding-output")
    class_ = [attack for attack in ATTACKS if attack.name in chosen or attack.name.startswith("malformed")]
    shutil.rmtree(course.folder / "submitted", ignore_errors=True)
    for submission in [HONEST, *class_]:
        submission.whole = True
        course.submit(submission)
    done = subprocess.run(
        [sys.executable, "-m", "coursepkg", "grade", FIRST, "--workers", "1", "--force"],
        cwd=course.folder,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    rejected = {attack.name: attack for attack in class_ if attack.state == "rejected"}
    assert f"{len(class_) + 1 - len(rejected)} graded, {len(rejected)} rejected" in done.stdout
    for name, attack in rejected.items():
        (line,) = (line for line in done.stdout.splitlines() if line.strip().startswith(f"{name}:"))
        assert re.search(attack.says, line), line
        assert (course.folder / "feedback" / name / FIRST / f"{FIRST}.html").exists()
    scores = {(score.student, score.cell): score for score in gradebook.scores(course.course, FIRST)}
    assert sum(score.score for (student, _), score in scores.items() if student == "ada") == 52
    for attack in class_:
        for (student, cell), score in scores.items():
            if student == attack.name and attack.state == "graded":
                lost = any(hostile_course.fits(cell, pattern) for pattern in attack.loses)
                free = any(hostile_course.fits(cell, pattern) for pattern in attack.may_lose)
                assert free or score.score == (0 if lost else score.max_score), (student, cell)

    # What nbgrader makes of it: feedback for everybody, and a table of grades.
    course.made.nbgrader("generate_feedback", FIRST, "--force")
    assert {path.parent.parent.name for path in course.folder.glob(f"feedback/*/{FIRST}/{FIRST}.html")} >= {
        student for student, _ in scores
    }
    course.made.nbgrader("export", "--to", "grades.csv")
    with open(course.folder / "grades.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == FIRST]
    exported = {row["student_id"]: float(row["score"]) for row in rows if row["score"]}
    assert exported["ada"] == 52
    for student, score in exported.items():
        assert score == sum(one.score for (name, _), one in scores.items() if name == student)
