"""Honest work is safe: the points that stock nbgrader gives, test by test, and nothing lost to noise."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

# So that the tests find `hostile_course`, and the assignments' own harness.
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "assignments"))

import harness
import hostile_course
from hostile_course import FIRST, SECOND

from coursepkg.grading.limits import Limits
from coursepkg.grading.sandbox import DEFAULT_IMPORTS, WarmParent
from coursepkg.grading.session import grade_submission

pytestmark = pytest.mark.sandbox

HALVES = 2  # of the submissions, each graded by a stock nbgrader of its own
LIMITS = Limits(cell_seconds=60)


def variant(name, slug=FIRST):
    """A right or wrong answer that the assignment itself is tested with."""
    found = harness.read_variant(harness.VARIANTS / slug / f"{name}.py")
    return hostile_course.Attack.of(name.replace("_", "-"), found.summary, found.answers, slug, found.loses)


def variants(slug, beginning, every=1):
    names = sorted(path.stem for path in (harness.VARIANTS / slug).glob(f"{beginning}*.py"))
    return [variant(name, slug) for name in names[::every]]


def partly(done):
    """The course's answers to the first exercises; the others as they were released."""
    answers = [cell for cell in harness.released(harness.read_cells(FIRST)) if cell.kind == "solution"]
    later = {cell.name: cell.source for cell in answers[done:]}
    names = [cell.name for cell in harness.read_cells(FIRST) if cell.kind == "test"]
    loses = dict.fromkeys(
        (name for name in names if any(name.startswith(f"test-{one}-") for one in later)), "."
    )
    return hostile_course.Attack.of(f"first-{done}", "Some answers are there.", later, FIRST, loses)


OWN = [hostile_course.Attack.read(path) for path in sorted((Path(__file__).parent / "honest").glob("*.ipy"))]
SUBMISSIONS = [
    *OWN,
    *variants(FIRST, "right"),
    *variants(FIRST, "wrong", 4),
    *map(partly, (0, 3, 6, 9, 11, 12)),
]
for one in SUBMISSIONS:
    one.whole = True
KERAS = variants(SECOND, "right")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course with all submissions to its first assignment."""
    with hostile_course.course_in(tmp_path_factory.mktemp("honest")) as made:
        for submission in SUBMISSIONS:
            made.submit(submission)
        yield made


@pytest.fixture(scope="module")
def stock(course):
    """Points that `nbgrader autograde` gives, by student and test."""
    with ThreadPoolExecutor(HALVES) as threads:
        halves = list(threads.map(lambda half: _autograde(course.folder, half), range(HALVES)))
    return {student: points for half in halves for student, points in half.items()}


def _autograde(folder, half):
    """Grades every other submission in a copy of the course, so that two runs do not meet in one database."""
    from nbgrader.api import Gradebook

    copy = folder.parent / f"half-{half}" / "assignments"
    shutil.copytree(folder.parent, copy.parent, ignore=shutil.ignore_patterns("half-*", "outside"))
    shutil.rmtree(copy / "submitted")
    for submission in SUBMISSIONS[half::HALVES]:
        shutil.copytree(folder / "submitted" / submission.name, copy / "submitted" / submission.name)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", FIRST],
        cwd=copy,
        env=os.environ | {"OMP_NUM_THREADS": "1", "JUPYTER_PLATFORM_DIRS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    points = {}
    with Gradebook(f"sqlite:///{copy / 'gradebook.db'}", "sequence-models") as gradebook:
        for submission in gradebook.assignment_submissions(FIRST):
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            points[submission.student.id] = {grade.name: grade.auto_score for grade in grades}
    return points


@pytest.fixture(scope="module")
def ours(course):
    """What our grader gives, by student: the same submissions, in the real confinement."""
    numpy_only = tuple(name for name in DEFAULT_IMPORTS if name != "keras")
    outcomes = {}
    with WarmParent(LIMITS, imports=numpy_only) as parent:
        for submission in SUBMISSIONS:
            outcomes[submission.name] = _grade(course, parent, submission)
    return outcomes


def _grade(course, parent, submission):
    folder = course.folder / "submitted" / submission.name / submission.slug
    return grade_submission(submission.name, course.assignment(submission), folder, parent, LIMITS)


def points_of(outcome):
    """Points by test."""
    return {cell.grade_id: cell.earned for notebook in outcome.notebooks for cell in notebook.cells}


def messages_of(outcome):
    """What the tests say that gave less than all."""
    return {cell.grade_id: cell.message for cell in outcome.notebooks[0].cells if cell.earned != cell.points}


def test_there_are_fifty():
    assert len(SUBMISSIONS) == len({submission.name for submission in SUBMISSIONS}) >= 50


@pytest.mark.parametrize("name", [submission.name for submission in SUBMISSIONS])
def test_honest_work_gets_the_points_that_stock_nbgrader_gives(name, ours, stock):
    assert ours[name].state == "graded", ours[name].reason
    assert points_of(ours[name]) == stock[name], messages_of(ours[name])


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=lambda submission: submission.name)
def test_honest_work_loses_what_its_author_got_wrong_and_nothing_else(submission, ours):
    outcome = ours[submission.name]
    assert points_of(outcome) == hostile_course.expected_points(outcome, submission), messages_of(outcome)


@pytest.fixture(scope="module")
def keras_parent():
    with WarmParent(LIMITS) as parent:
        yield parent


@pytest.mark.parametrize("submission", KERAS, ids=lambda submission: submission.name)
def test_right_answers_with_keras_get_every_point(submission, course, keras_parent):
    course.submit(submission)
    outcome = _grade(course, keras_parent, submission)
    assert (outcome.state, outcome.earned) == ("graded", outcome.points), messages_of(outcome)
