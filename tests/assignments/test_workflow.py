"""The instructor's day with nbgrader's own commands: release, validate, grade, give feedback, export."""

import copy
import csv
import json

import harness
import nbformat
import pytest
from nbgrader.api import Gradebook

SLUG = "01-sequence-data"
WRITTEN = ["build-vocabulary", "encode", "pad-batch", "make-windows", "count-bigrams", "sample-ids"]


def points_of(slug):
    return {cell.name: float(cell.points) for cell in harness.read_cells(slug) if cell.kind == "test"}


def expected_scores(slug, written, lost=()):
    """What each test cell should give: full points where its answer is written, none elsewhere."""
    answers = [cell.name for cell in harness.read_cells(slug) if cell.kind == "solution"]
    scores = {}
    for test, points in points_of(slug).items():
        answer = max((name for name in answers if test.startswith(f"test-{name}-")), key=len)
        scores[test] = points if answer in written and test not in lost else 0.0
    return scores


def scores_in_gradebook(course, slug, student):
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "sequence-models") as gradebook:
        grades = gradebook.find_submission_notebook(slug, slug, student).grades
        return {grade.name: grade.score for grade in grades}


def answers_of(slug):
    return [cell.name for cell in harness.read_cells(slug) if cell.kind == "solution"]


def careless(course):
    """Right answers by one who copied a cell, deleted another, renamed a function, and whose code warns."""
    notebook = course.answered(SLUG, {"encode": "def encoding(text, symbols):\n    return 1"})
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = cell.source.replace('"""\n', '"""\n    import warnings; warnings.warn("old")\n', 1)
    copied = names.index("test-pad-batch-mask")
    notebook.cells.insert(copied, copy.deepcopy(notebook.cells[copied]) | {"id": "copied"})
    del notebook.cells[names.index("test-decode-order")]
    notebook.metadata.kernelspec = {"name": "conda-env-study", "display_name": "study", "language": "python"}
    return notebook


@pytest.fixture(scope="module")
def graded(course):
    """A course in which everybody has handed in and everything has been graded once."""
    course.nbgrader("generate_assignment", SLUG)
    transposed = harness.read_variant(harness.VARIANTS / SLUG / "wrong_counts_transposed.py")
    perfect = course.answered(SLUG)
    course.submit("perfect", SLUG, perfect)
    course.submit("partial", SLUG, course.answered(SLUG, transposed.answers, only=WRITTEN))
    course.submit("empty", SLUG, course.released(SLUG))

    whole = json.dumps(perfect).encode()
    course.submit("broken", SLUG, whole.replace(b'"cells"', b'cells"', 1))
    course.submit("truncated", SLUG, whole[: len(whole) // 2])
    course.submit("foreign", SLUG, nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]))
    newer = copy.deepcopy(perfect)
    newer.cells[-2].metadata.nbgrader.schema_version = 99
    course.submit("newer", SLUG, newer)
    course.submit("misnamed", SLUG, perfect).rename(
        course.folder / "submitted" / "misnamed" / SLUG / "homework.ipynb"
    )

    course.submit("careless", SLUG, careless(course))
    edited = course.released(SLUG)
    for cell in edited.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "pass"
            cell.metadata.nbgrader.points = 1000
    course.submit("edited", SLUG, edited)

    course.log = course.nbgrader("autograde", SLUG, expect=1)
    course.nbgrader("generate_feedback", SLUG)
    course.nbgrader("export", "--to", "grades.csv")
    return course


GRADED = {
    "perfect": (answers_of(SLUG), ()),
    "partial": (
        WRITTEN,
        harness.read_variant(harness.VARIANTS / SLUG / "wrong_counts_transposed.py").loses,
    ),
    "empty": ([], ()),
    "careless": ([name for name in answers_of(SLUG) if name != "encode"], ()),
    "edited": ([], ()),
}
TURNED_AWAY = {
    "broken": "is not a readable notebook",
    "truncated": "stops in the middle",
    "foreign": "holds no test cells",
    "newer": "metadata of version 99; expected 3",
    "misnamed": "is not the name of a notebook of this assignment",
}


def test_the_source_validates(graded):
    printed = graded.nbgrader("validate", f"source/{SLUG}/{SLUG}.ipynb")
    assert "Success! Your notebook passes all the tests." in printed


def test_the_release_does_not_validate(graded):
    printed = graded.nbgrader("validate", f"release/{SLUG}/{SLUG}.ipynb")
    assert f"VALIDATION FAILED ON {len(points_of(SLUG))} CELL(S)!" in printed


@pytest.mark.parametrize("student", GRADED)
def test_every_point_is_in_the_gradebook(graded, student):
    written, lost = GRADED[student]
    assert scores_in_gradebook(graded, SLUG, student) == expected_scores(SLUG, written, lost)


def test_every_score_is_in_the_exported_table(graded):
    with open(graded.folder / "grades.csv", newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert set(rows) == {*GRADED, *TURNED_AWAY}
    total = sum(points_of(SLUG).values())
    for student, row in rows.items():
        written, lost = GRADED.get(student, ([], ()))
        assert float(row["score"]) == sum(expected_scores(SLUG, written, lost).values()), student
        assert float(row["max_score"]) == total
        assert row["assignment"] == SLUG


@pytest.mark.parametrize("student", GRADED)
def test_feedback_shows_the_points_and_what_the_tests_said(graded, student):
    page = (graded.folder / "feedback" / student / SLUG / f"{SLUG}.html").read_text(encoding="utf-8")
    written, lost = GRADED[student]
    score = sum(expected_scores(SLUG, written, lost).values())
    assert f"(Score: {score} / {sum(points_of(SLUG).values())})" in " ".join(page.split())
    if student == "partial":
        assert "rows and columns" in page
    if student == "empty":
        assert "Still to be written." in page


@pytest.mark.parametrize(("student", "reason"), TURNED_AWAY.items())
def test_who_is_turned_away_is_told_why(graded, student, reason):
    name = "homework" if student == "misnamed" else SLUG
    folder = graded.folder / "feedback" / student / SLUG
    assert reason in (folder / f"{name}.html").read_text(encoding="utf-8")
    assert f"Not graded: {student}" in graded.log
    assert not (graded.folder / "autograded" / student).joinpath(SLUG).exists()


def test_a_second_attempt_after_being_turned_away_is_graded(graded):
    graded.submit("truncated", SLUG, graded.answered(SLUG))
    graded.nbgrader("autograde", SLUG, "--student", "truncated")
    graded.nbgrader("generate_feedback", SLUG, "--student", "truncated")
    assert scores_in_gradebook(graded, SLUG, "truncated") == points_of(SLUG)
    folder = graded.folder / "feedback" / "truncated" / SLUG
    assert [path.name for path in folder.iterdir()] == [f"{SLUG}.html"]
    assert "stops in the middle" not in (folder / f"{SLUG}.html").read_text(encoding="utf-8")


KERAS_SLUG = "02-rnn-bptt"


def test_an_assignment_with_keras_goes_the_same_way(graded):
    answers = answers_of(KERAS_SLUG)
    written = answers[: len(answers) // 2]
    graded.nbgrader("generate_assignment", KERAS_SLUG)
    graded.submit("perfect", KERAS_SLUG, graded.answered(KERAS_SLUG))
    graded.submit("partial", KERAS_SLUG, graded.answered(KERAS_SLUG, only=written))
    graded.nbgrader("autograde", KERAS_SLUG)
    graded.nbgrader("generate_feedback", KERAS_SLUG)
    graded.nbgrader("export", "--to", "second.csv", "--assignment", f'["{KERAS_SLUG}"]')
    expected = {"perfect": points_of(KERAS_SLUG), "partial": expected_scores(KERAS_SLUG, written)}
    with open(graded.folder / "second.csv", newline="", encoding="utf-8") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    for student, scores in expected.items():
        assert scores_in_gradebook(graded, KERAS_SLUG, student) == scores
        assert exported[student] == sum(scores.values())
        assert (graded.folder / "feedback" / student / KERAS_SLUG / f"{KERAS_SLUG}.html").exists()
