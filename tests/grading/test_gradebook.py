"""What is recorded is what stock `nbgrader autograde` records, in few statements, whatever else happens."""

import datetime
import json
import multiprocessing
import shutil
import sqlite3
from types import SimpleNamespace

import nbformat
import pytest
import sqlalchemy
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from tiny import first_notebook, read_config, second_notebook

from coursepkg.grading import database, gradebook
from coursepkg.grading.course import open_course
from coursepkg.grading.gradebook import GradebookProblem
from coursepkg.grading.manual_grades import grades_by_hand
from coursepkg.grading.outcome import CellResult, NotebookOutcome, Outcome
from coursepkg.grading.work_queue import LeaseLost, Queue

PS1 = SimpleNamespace(name="ps1")
RIGHT = {"answer": "answer = 42", "program": "print(answer)", "essay": "For a reason."}
HALF = {"answer": "answer = 41"}  # program and essay stay as they were released
POINTS = {"test_answer": 2.0, "test_part": 4.0, "program": 3.0, "essay": 5.0, "test_other": 1.0}
TABLES = {
    "students": "SELECT id, first_name, last_name, email FROM student",
    "submissions": "SELECT student_id, timestamp, extension FROM submitted_assignment",
    "notebooks": """
        SELECT s.student_id, n.name, sn.flagged, sn.late_submission_penalty FROM submitted_notebook sn
        JOIN submitted_assignment s ON s.id = sn.assignment_id JOIN notebook n ON n.id = sn.notebook_id""",
    "grades": """
        SELECT s.student_id, n.name AS notebook, c.name, g.auto_score, g.manual_score, g.extra_credit,
        g.needs_manual_grade FROM grade g JOIN base_cell c ON c.id = g.cell_id
        JOIN submitted_notebook sn ON sn.id = g.notebook_id
        JOIN submitted_assignment s ON s.id = sn.assignment_id JOIN notebook n ON n.id = sn.notebook_id""",
    "comments": """
        SELECT s.student_id, n.name AS notebook, c.name, g.auto_comment, g.manual_comment FROM comment g
        JOIN base_cell c ON c.id = g.cell_id JOIN submitted_notebook sn ON sn.id = g.notebook_id
        JOIN submitted_assignment s ON s.id = sn.assignment_id JOIN notebook n ON n.id = sn.notebook_id""",
}


def contents(url):
    """All rows that matter, with names in place of nbgrader's random ids."""
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        found = {
            name: sorted((tuple(row) for row in connection.execute(sqlalchemy.text(query))), key=repr)
            for name, query in TABLES.items()
        }
    engine.dispose()
    return found


def hand_in(folder, student, notebooks, timestamp=None):
    path = folder / "submitted" / student / "ps1"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    for name, answers in notebooks.items():
        notebook = nbformat.read(folder / "release" / "ps1" / f"{name}.ipynb", as_version=4)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = answers.get(grade_id, cell.source)
        nbformat.write(notebook, path / f"{name}.ipynb")
    if timestamp:
        (path / "timestamp.txt").write_text(timestamp)


def result(name, earned):
    status = "manual" if earned is None else "passed" if earned == POINTS[name] else "failed"
    return CellResult(name, status, POINTS[name], earned)


def first(test_answer=2.0, test_part=4.0, program=None, essay=None, unanswered=()):
    scores = {"test_answer": test_answer, "test_part": test_part, "program": program, "essay": essay}
    cells = [result(name, earned) for name, earned in scores.items()]
    return NotebookOutcome("first", cells, unanswered=list(unanswered))


def second(earned=1.0):
    return NotebookOutcome("second", [result("test_other", earned)])


def graded(student, *notebooks):
    return Outcome(student, "ps1", "graded", notebooks=list(notebooks), seconds=1.0)


def by_hand(url):
    """What an instructor does in formgrader."""
    with Gradebook(url, "tiny") as book:
        grade = book.find_grade("essay", "first", "ps1", "bob")
        grade.manual_score, grade.needs_manual_grade = 3.5, False
        grade = book.find_grade("test_answer", "first", "ps1", "bob")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.0, 0.5, False
        book.find_grade("test_other", "second", "ps1", "bob").extra_credit = 2.0
        grade = book.find_grade("task", "first", "ps1", "bob")
        grade.manual_score, grade.needs_manual_grade = 1.0, False
        book.find_comment("essay", "first", "ps1", "bob").manual_comment = "Nearly."
        book.find_comment("answer", "first", "ps1", "bob").manual_comment = "See page 3."
        book.find_submission("ps1", "bob").extension = datetime.timedelta(hours=1)
        book.find_submission_notebook("first", "ps1", "bob").flagged = True
        book.db.commit()


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's
def test_the_gradebook_is_as_stock_nbgrader_leaves_it(tiny_course, released_course, tmp_path):
    """The oracle: nbgrader with its kernels, and then a second time over an instructor's grades."""
    config = read_config(tiny_course)
    stock = NbGraderAPI(coursedir=CourseDirectory(config=config, root=str(tiny_course)), config=config)
    ours = open_course(tiny_course, f"sqlite:///{shutil.copy(tiny_course / 'gradebook.db', tmp_path)}")

    def compare(*outcomes):
        for outcome in outcomes:
            done = stock.autograde("ps1", outcome.student)
            assert done["success"], done
            gradebook.record(ours, outcome, PS1)
        assert contents(ours.db_url) == contents(stock.coursedir.db_url)

    hand_in(tiny_course, "ada", {"first": RIGHT, "second": {"other": "other = 1"}})
    hand_in(tiny_course, "bob", {"first": HALF, "second": {"other": "other = 1"}}, "2026-03-01 14:30:00 UTC")
    hand_in(tiny_course, "cyd", {"second": {"other": "other = 2"}}, "2026-03-01 11:00:00 UTC")
    hand_in(tiny_course, "greedy", {"second": {"other": "other = 1"}}, "2026-03-01 13:00:00 UTC")
    half = first(0.0, 1.0, unanswered=["program", "essay"])
    compare(
        graded("ada", first(), second()),
        graded("bob", half, second()),
        graded("cyd", second(0.0)),
        graded("greedy", second()),
    )
    by_hand(stock.coursedir.db_url)
    by_hand(ours.db_url)
    hand_in(tiny_course, "bob", {"first": HALF, "second": {"other": "other = 1"}}, "2026-03-01 15:30:00 UTC")
    compare(graded("bob", half, second()))
    penalties = {row[:2]: row[3] for row in contents(ours.db_url)["notebooks"]}
    assert penalties["bob", "first"] == 2.5 and penalties["greedy", "second"] == 1.0
    hand_in(tiny_course, "bob", {"first": RIGHT, "second": {"other": "other = 1"}}, "2026-03-01 15:30:00 UTC")
    compare(graded("bob", first(), second()))


def test_the_same_holds_on_both_databases(course, tmp_path):
    """PostgreSQL against SQLite, which the test above holds to nbgrader."""
    twin = open_course(course.root, f"sqlite:///{shutil.copy(course.root / 'gradebook.db', tmp_path)}")
    hand_in(course.root, "bob", {"first": HALF, "second": {}}, "2026-03-01 14:30:00 UTC")
    for one in (course, twin):
        gradebook.record(one, graded("bob", first(0.0, 1.0, unanswered=["essay"]), second()), PS1)
        by_hand(one.db_url)
        gradebook.record(one, graded("bob", first(), second(0.0)), PS1)
    assert [len(rows) for rows in contents(course.db_url).values()] == [1, 1, 2, 6, 5]
    known, expected = contents(course.db_url), contents(twin.db_url)
    assert [row[0] for row in known["submissions"]] == ["bob"]
    for name in ("students", "notebooks", "grades", "comments"):
        assert json.loads(json.dumps(known[name])) == [
            [bool(value) if isinstance(known[name][i][j], bool) else value for j, value in enumerate(row)]
            for i, row in enumerate(expected[name])
        ]


def test_recording_twice_changes_nothing(course):
    hand_in(course.root, "ada", {"first": RIGHT}, "2026-03-01 14:00:00 UTC")
    outcome = graded("ada", first(), second())
    gradebook.record(course, outcome, PS1)
    before = contents(course.db_url)
    gradebook.record(course, outcome, PS1)
    assert contents(course.db_url) == before


@pytest.mark.parametrize(
    ("student", "penalty"), [("negative", 0.0), ("none", None), ("greedy", 1.0), ("x", 0.5)]
)
def test_penalties_stay_between_nothing_and_the_score(on_sqlite, student, penalty):
    hand_in(on_sqlite.root, student, {"second": {}}, "2026-03-01 12:30:00 UTC")
    gradebook.record(on_sqlite, graded(student, second()), PS1)
    found = {row[1]: row[3] for row in contents(on_sqlite.db_url)["notebooks"]}
    assert found == {"first": None, "second": penalty}


def test_a_rejected_submission_counts_nothing_and_waits_for_nobody(course):
    gradebook.record(course, Outcome("ada", "ps1", "rejected", "It is a photograph."), PS1)
    (total,) = gradebook.totals(course)
    assert (total.submitted, total.score, total.max_score, total.needs_manual) == (True, 0.0, 16.0, False)
    assert {row[3] for row in contents(course.db_url)["grades"]} == {0.0}


def test_a_rejected_submission_after_a_graded_one_loses_the_automatic_scores_only(course):
    gradebook.record(course, graded("bob", first(), second()), PS1)
    by_hand(course.db_url)
    gradebook.record(course, Outcome("bob", "ps1", "rejected", "It is a photograph."), PS1)
    grades = {row[2]: row[3:] for row in contents(course.db_url)["grades"]}
    assert grades["test_part"] == (0.0, None, None, False)
    assert grades["test_answer"][:3] == (0.0, 1.0, 0.5)
    comments = {row[2]: row[4] for row in contents(course.db_url)["comments"]}
    assert comments["essay"] == "Nearly."


def test_one_that_needs_a_look_and_has_no_notebook_waits_with_all_its_cells(course):
    gradebook.record(course, Outcome("ada", "ps1", "needs a look", "The grader gave up."), PS1)
    assert {(row[3], bool(row[6])) for row in contents(course.db_url)["grades"]} == {(None, True)}


def test_a_new_submission_without_a_time_does_not_keep_the_old_ones(on_sqlite):
    hand_in(on_sqlite.root, "ada", {"first": RIGHT}, "2026-03-01 14:00:00 UTC")
    gradebook.record(on_sqlite, graded("ada", first(), second()), PS1)
    hand_in(on_sqlite.root, "ada", {"first": RIGHT})
    gradebook.record(on_sqlite, graded("ada", first(), second()), PS1)
    ((_, timestamp, _),) = contents(on_sqlite.db_url)["submissions"]
    assert timestamp is None
    assert {row[3] for row in contents(on_sqlite.db_url)["notebooks"]} == {None}


@pytest.mark.parametrize("text", ["1999-12-31 23:59:59 UTC", "2999-01-01", "garbage", ""])
def test_an_odd_timestamp_stops_nothing(on_sqlite, text):
    hand_in(on_sqlite.root, "ada", {"first": RIGHT})
    (on_sqlite.path("submitted", "ada", "ps1") / "timestamp.txt").write_text(text)
    gradebook.record(on_sqlite, graded("ada", first(), second()), PS1)
    assert gradebook.totals(on_sqlite)[0].raw_score == 7.0


@pytest.mark.parametrize("earned", [float("nan"), float("inf"), -1.0, 2.5])
def test_no_odd_score_reaches_the_gradebook(on_sqlite, earned):
    with pytest.raises(ValueError, match="test_answer earned"):
        gradebook.record(on_sqlite, graded("ada", first(test_answer=earned), second()), PS1)
    assert contents(on_sqlite.db_url)["students"] == []


def test_the_queue_and_the_grades_are_one(course):
    queue = Queue(course)
    queue.add("ada", "ps1", "f", "v")
    slow = queue.lease("slow", 60)
    queue.add("ada", "ps1", "handed in anew", "v")
    with pytest.raises(LeaseLost):
        gradebook.record(course, graded("ada", first(), second()), PS1, slow)
    assert contents(course.db_url)["students"] == []
    task = queue.lease("quick", 60)
    gradebook.record(course, graded("ada", first(0.0), second()), PS1, task)
    (row,) = queue.rows()
    assert (row.state, row.verdict, row.fingerprint) == ("done", "graded", "handed in anew")
    with pytest.raises(LeaseLost):
        gradebook.record(course, graded("ada", first(2.0), second()), PS1, task)
    assert gradebook.totals(course)[0].raw_score == 5.0


def test_when_the_grades_cannot_be_written_the_queue_says_so_too(course, monkeypatch):
    queue = Queue(course)
    queue.add("ada", "ps1", "f", "v")
    task = queue.lease("w", 60)
    monkeypatch.setattr(gradebook, "_write_penalties", lambda *_: 1 / 0)  # the last step
    with pytest.raises(ZeroDivisionError):
        gradebook.record(course, graded("ada", first(), second()), PS1, task)
    assert [row.state for row in queue.rows()] == ["leased"]
    assert not any(contents(course.db_url).values())


def test_an_unknown_assignment_or_cell_is_named_with_what_to_run(on_sqlite):
    unknown = SimpleNamespace(name="ps9")
    with pytest.raises(GradebookProblem, match="nbgrader generate_assignment ps9"):
        gradebook.record(on_sqlite, Outcome("ada", "ps9", "graded"), unknown)
    odd = NotebookOutcome("second", [CellResult("test_new", "passed", 1.0, 1.0)])
    with pytest.raises(GradebookProblem, match="knows test_new of second not at all"):
        gradebook.record(on_sqlite, graded("ada", odd), PS1)
    dear = NotebookOutcome("second", [CellResult("test_other", "passed", 9.0, 9.0)])
    with pytest.raises(GradebookProblem, match="with 1 points, not 9"):
        gradebook.record(on_sqlite, graded("ada", dear), PS1)
    with pytest.raises(GradebookProblem, match="knows no assignment ps9; it knows ps1"):
        gradebook.totals(on_sqlite, ["ps9"])
    assert contents(on_sqlite.db_url)["students"] == []


def test_totals_and_scores_are_nbgraders(course):
    hand_in(course.root, "bob", {"first": HALF}, "2026-03-01 14:00:00 UTC")
    gradebook.record(course, graded("bob", first(), second()), PS1)
    by_hand(course.db_url)
    gradebook.record(course, graded("bob", first(), second()), PS1)
    gradebook.record(course, graded("ada", first(essay=None), second(0.0)), PS1)
    with Gradebook(course.db_url, "tiny") as book:
        book.add_student("zoe")
        submissions = {one.student_id: one for one in book.assignment_submissions("ps1")}
        expected = {
            name: (one.score, one.late_submission_penalty, one.max_score, one.needs_manual_grade)
            for name, one in submissions.items()
        }
        cells = {
            (name, grade.notebook.name, grade.name): (grade.score, grade.max_score, grade.needs_manual_grade)
            for name, one in submissions.items()
            for notebook in one.notebooks
            for grade in notebook.grades
        }
    totals = {one.student: one for one in gradebook.totals(course, ["ps1"])}
    for name, figures in expected.items():
        one = totals[name]
        assert (one.raw_score, one.penalty, one.max_score, one.needs_manual) == figures
        assert one.score == max(0.0, one.raw_score - one.penalty)
    assert totals["bob"].penalty > 0
    assert (totals["zoe"].submitted, totals["zoe"].score, totals["zoe"].max_score) == (False, 0.0, 16.0)
    scores = gradebook.scores(course, "ps1")
    found = {
        (one.student, one.notebook, one.cell): (one.score, one.max_score, one.needs_manual) for one in scores
    }
    assert found == cells


@pytest.fixture
def statements(on_sqlite):
    """The statements that the grader sends, with their parameters."""
    found = []

    def keep(connection, cursor, statement, parameters, context, many):
        found.append((statement, parameters[0] if many else parameters))

    engine = database._engine(on_sqlite.db_url)
    sqlalchemy.event.listen(engine, "before_cursor_execute", keep)
    yield found
    sqlalchemy.event.remove(engine, "before_cursor_execute", keep)


def test_a_large_class_costs_no_more_statements(on_sqlite, statements):
    gradebook.record(on_sqlite, graded("first of all", first(), second()), PS1)
    alone = len(statements)
    for number in range(30):
        gradebook.record(on_sqlite, graded(f"s{number}", first(), second()), PS1)
    statements.clear()
    gradebook.record(on_sqlite, graded("last of all", first(), second()), PS1)
    assert len(statements) == alone <= 20
    statements.clear()
    gradebook.totals(on_sqlite)
    gradebook.scores(on_sqlite, "ps1")
    assert len(statements) <= 8


def test_recording_reads_no_other_students_rows(on_sqlite, statements):
    """nbgrader's tables have few indexes; what is searched without one costs more with every student."""
    hand_in(on_sqlite.root, "ada", {"first": RIGHT}, "2026-03-01 14:00:00 UTC")
    gradebook.record(on_sqlite, graded("ada", first(), second()), PS1)
    gradebook.record(on_sqlite, graded("ada", first(), second()), PS1)
    plans = []
    with sqlite3.connect(on_sqlite.root / "gradebook.db") as connection:
        for statement, parameters in list(statements):
            if statement.split()[0] in ("SELECT", "UPDATE", "INSERT"):
                plans += [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    grown = ("grade", "comment", "submitted_notebook", "submitted_assignment", "student")
    assert any(plan.startswith("SEARCH grade ") for plan in plans)
    assert not [plan for plan in plans if plan.split()[0] == "SCAN" and plan.split()[1] in grown]


def _record_all(course, students, begin):
    begin.wait()
    for student in students:
        gradebook.record(course, graded(student, first(), second()), PS1)


def test_many_processes_record_at_once(course):
    """Each submission by two of them, as after a lease that ran out."""
    fork = multiprocessing.get_context("fork")
    students = [f"s{number:02}" for number in range(12)]
    begin = fork.Event()
    writers = [
        fork.Process(target=_record_all, args=(course, students[number % 2 :: 2], begin))
        for number in range(4)
    ]
    for writer in writers:
        writer.start()
    begin.set()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0] * 4
    assert [(one.student, one.raw_score) for one in gradebook.totals(course)] == [(s, 7.0) for s in students]
    assert len(contents(course.db_url)["grades"]) == 12 * 6


def test_formgrader_lists_and_opens_what_was_recorded(tiny_course):
    course = open_course(tiny_course)
    hand_in(tiny_course, "bob", {"first": HALF, "second": {}}, "2026-03-01 14:00:00 UTC")
    gradebook.record(course, graded("bob", first(0.0), second()), PS1)
    folder = course.path("autograded", "bob", "ps1")
    folder.mkdir(parents=True)
    nbformat.write(first_notebook(), folder / "first.ipynb")
    nbformat.write(second_notebook(), folder / "second.ipynb")
    config = read_config(tiny_course)
    api = NbGraderAPI(coursedir=CourseDirectory(config=config, root=str(tiny_course)), config=config)
    assert api.get_autograded_students("ps1") == {"bob"}
    (submission,) = api.get_submissions("ps1")
    assert (submission["score"], submission["max_score"], submission["needs_manual_grade"]) == (
        5.0,
        16.0,
        True,
    )
    assert submission["autograded"] and submission["display_timestamp"] == "2026-03-01 14:00:00 UTC"
    (notebook,) = api.get_notebook_submissions("ps1", "first")
    assert (notebook["student"], notebook["failed_tests"], notebook["index"]) == ("bob", True, 0)
    assert api.get_student_notebook_submissions("bob", "ps1")


def test_after_a_rejection_a_person_is_asked_for_what_only_a_person_grades(course):
    gradebook.record(course, Outcome("ada", "ps1", "rejected", "It is no notebook."), PS1)
    gradebook.record(course, graded("ada", first(), second()), PS1)
    asked = {row[2] for row in contents(course.db_url)["grades"] if row[0] == "ada" and row[-1]}
    assert asked == {"program", "essay", "task"}


def test_extra_credit_alone_counts_nothing_as_in_nbgrader(tiny_course):
    course = open_course(tiny_course)
    gradebook.record(course, graded("bob", first(), second()), PS1)
    with Gradebook(course.db_url, "tiny") as book:
        for name in ("essay", "test_answer"):
            book.find_grade(name, "first", "ps1", "bob").extra_credit = 2.0
        book.db.commit()
        theirs = {
            name: book.find_grade(name, "first", "ps1", "bob").score for name in ("essay", "test_answer")
        }
    people = grades_by_hand(course.db_url, "bob", "ps1")
    assert not people["first", "essay"].counts(None)
    assert people["first", "test_answer"].counts(2.0)
    assert theirs == {"essay": 0.0, "test_answer": people["first", "test_answer"].score(2.0)}
