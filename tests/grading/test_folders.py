"""The folders that grading leaves: nbgrader reads the same points in them, and they are never half there."""

import errno
import json
import os
import stat
import subprocess
import sys
import threading
import time

import nbformat
import pytest
import tiny
from nbgrader.utils import determine_grade, is_grade

from coursepkg.grading import folders, gradebook
from coursepkg.grading.course import open_course
from coursepkg.grading.folders import replace_folder, write_outcome
from coursepkg.grading.outcome import CellResult, NotebookOutcome, Outcome
from coursepkg.grading.plan import read_assignment, rebuild

VERDICTS = {
    "test_answer": ("passed", 2.0, ""),
    "test_part": ("partial", 1.5, "The second half is missing."),
    "program": ("manual", None, ""),
    "essay": ("manual", None, ""),
    "task": ("manual", None, ""),
}


@pytest.fixture
def course(tiny_course):
    for step in ("submitted/ada/ps1",):
        (tiny_course / step).mkdir(parents=True)
    (tiny_course / "submitted" / "ada" / "ps1" / "timestamp.txt").write_text("2026-02-01 10:00:00 UTC")
    return open_course(tiny_course)


@pytest.fixture
def assignment(course):
    return read_assignment(course, "ps1")


def graded(assignment, verdicts=None, outputs=None, answers=None):
    """An outcome in which every judged cell of the first notebook has a verdict."""
    verdicts = VERDICTS | (verdicts or {})
    submitted = nbformat.from_dict(json.loads(json.dumps(assignment.released["first"])))
    for cell in submitted.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = (answers or {}).get(name, cell.source)
    rebuilt = rebuild(assignment.notebooks["first"], submitted)
    cells = []
    for cell in rebuilt.cells:
        if outputs and rebuilt.notebook.cells[cell.index].cell_type == "code":
            rebuilt.notebook.cells[cell.index].outputs = json.loads(json.dumps(outputs))
        if cell.kind in ("test", "manual"):
            status, earned, message = verdicts[cell.name]
            cells.append(CellResult(cell.name, status, cell.points, earned, message, cell.heading))
    notebook = NotebookOutcome("first", cells, rebuilt.notebook, rebuilt.unanswered)
    return Outcome("ada", "ps1", "graded", notes=rebuilt.notes, notebooks=[notebook])


def written(course, step="autograded", name="first.ipynb"):
    path = course.path(step, "ada", "ps1") / name
    return nbformat.read(path, as_version=4) if name.endswith(".ipynb") else path.read_text(encoding="utf-8")


def points_that_nbgrader_reads(notebook):
    return {
        cell.metadata.nbgrader.grade_id: determine_grade(cell)[0] for cell in notebook.cells if is_grade(cell)
    }


NOISE = [
    {"output_type": "stream", "name": "stderr", "text": "a warning\n"},
    {"output_type": "execute_result", "data": {"text/plain": "100"}, "metadata": {}, "execution_count": 1},
    {
        "output_type": "error",
        "ename": "Odd",
        "evalue": "odd",
        "traceback": ["assert hidden == 'test source'"],
    },
    {"output_type": "display_data", "data": {"text/plain": "shown"}, "metadata": {}},
]


@pytest.mark.parametrize(
    ("status", "earned"),
    [
        ("passed", 4.0),
        ("partial", 0.25),
        ("partial", 4.0),
        ("partial", 0.0),
        ("failed", 0.0),
        ("not written", 0.0),
        ("error", 0.0),
        ("too slow", 0.0),
        ("stopped", 0.0),
        ("not run", 0.0),
    ],
)
def test_nbgrader_reads_the_points_of_the_outcome_whatever_was_printed(course, assignment, status, earned):
    answers = {"program": "print(1)", "essay": "Because."}
    outcome = graded(assignment, {"test_part": (status, earned, "Look at x.")}, NOISE, answers)
    write_outcome(course, outcome, assignment)
    notebook = written(course)
    nbformat.validate(notebook)
    assert points_that_nbgrader_reads(notebook) == {
        "test_answer": 2.0,
        "test_part": earned,
        "program": None,
        "essay": None,
    }
    part = next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_part"
    )
    texts = json.dumps(part.outputs)
    assert "hidden" not in texts and "stderr" not in texts
    assert "a warning" in texts and "shown" in texts
    assert ("Look at x." in texts) is (status != "passed" and earned < 4)


def test_an_answer_left_as_it_was_is_known_for_it_and_another_waits(course, assignment):
    write_outcome(course, graded(assignment), assignment)
    assert points_that_nbgrader_reads(written(course))["essay"] == 0
    write_outcome(course, graded(assignment, answers={"essay": "If a < b, then <b>so</b>."}), assignment)
    assert points_that_nbgrader_reads(written(course))["essay"] is None


def test_the_gradebook_agrees_with_nbgraders_own_reading_of_the_folder(course, assignment, known_revision):
    from nbgrader.api import Gradebook

    outcome = graded(assignment, answers={"program": "print(1)", "essay": "Because."})
    write_outcome(course, outcome, assignment)
    gradebook.record(course, outcome, assignment)
    with Gradebook(course.db_url, course.course_id) as book:
        grades = book.find_submission_notebook("first", "ps1", "ada").grades
        recorded = {grade.name: grade.auto_score for grade in grades}
    assert recorded == points_that_nbgrader_reads(written(course)) | {"task": None}


def test_the_folders_hold_what_nbgraders_commands_look_for(course, assignment):
    submitted = course.path("submitted", "ada", "ps1")
    (submitted / "submission_secret.txt").write_text("secret")
    write_outcome(course, graded(assignment), assignment)
    for step, names in (("autograded", {"first.ipynb"}), ("feedback", {"first.html"})):
        folder = course.path(step, "ada", "ps1")
        assert {path.name for path in folder.iterdir()} == names | {"timestamp.txt", "submission_secret.txt"}
        assert (folder / "timestamp.txt").read_text() == "2026-02-01 10:00:00 UTC"
        assert [path.name for path in folder.parent.iterdir()] == ["ps1"]
    mode = stat.S_IMODE((course.path("autograded", "ada", "ps1") / "first.ipynb").stat().st_mode)
    assert mode == 0o444


@pytest.mark.parametrize("content", ["yesterday-ish", "", "2026-02-01 10:00:00 UTC" + " " * 2000, None])
def test_a_time_that_is_none_is_not_passed_on(course, assignment, content):
    path = course.path("submitted", "ada", "ps1") / "timestamp.txt"
    if content is None:
        path.unlink()
        path.symlink_to("/etc/hostname")
    else:
        path.write_text(content)
    (path.parent / "submission_secret.txt").symlink_to("/etc/passwd")
    write_outcome(course, graded(assignment), assignment)
    assert {path.name for path in course.path("autograded", "ada", "ps1").iterdir()} == {"first.ipynb"}
    names = {path.name for path in course.path("feedback", "ada", "ps1").iterdir()}
    assert names == {"first.html", "timestamp.txt"}
    assert "root" not in written(course, "feedback", "timestamp.txt")


def test_who_was_rejected_finds_the_reason_and_no_old_grade(course, assignment):
    write_outcome(course, graded(assignment), assignment)
    write_outcome(course, Outcome("ada", "ps1", "rejected", "It is <empty>.", ["A remark."]), assignment)
    assert not course.path("autograded", "ada", "ps1").exists()
    names = {path.name for path in course.path("feedback", "ada", "ps1").iterdir()}
    assert names == {"first.html", "second.html", "timestamp.txt"}
    page = written(course, "feedback", "first.html")
    assert "first.ipynb was not graded" in page and "It is &lt;empty&gt;." in page and "A remark." in page
    assert "<!-- not graded -->" in page


def test_manual_points_comments_and_lateness_stand_in_the_page(course, assignment, known_revision):
    from nbgrader.api import Gradebook

    (course.path("submitted", "ada", "ps1") / "timestamp.txt").write_text("2026-03-01 14:00:00 UTC")
    outcome = graded(assignment, answers={"essay": "Because."})
    write_outcome(course, outcome, assignment)
    page = written(course, "feedback", "first.html")
    assert "<title>first (Score: 1.5 / 15.0)</title>" in page  # 3.5 points, 2 hours late
    assert "2 are taken off for lateness" in page
    assert "1 answer still waits" not in page and "2 answers still wait" in page  # the essay and the task
    gradebook.record(course, outcome, assignment)
    with Gradebook(course.db_url, course.course_id) as book:
        assert book.find_submission_notebook("first", "ps1", "ada").late_submission_penalty == 2
        grade = book.find_grade("essay", "first", "ps1", "ada")
        grade.manual_score, grade.extra_credit = 4.0, 0.5
        book.find_comment("essay", "first", "ps1", "ada").manual_comment = "Well <put>."
        book.find_comment("answer", "first", "ps1", "ada").manual_comment = "Why 42?"
        book.db.commit()
    write_outcome(course, outcome, assignment)
    page = written(course, "feedback", "first.html")
    assert "<title>first (Score: 6.0 / 15.0)</title>" in page
    assert "Well &lt;put&gt;." in page and "Why 42?" in page
    assert "Graded by a person" in page


def read_in(handle, name):
    with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=handle), "rb") as file:
        return file.read()


def test_a_folder_is_whole_at_every_moment(tmp_path):
    folder = tmp_path / "ada" / "ps1"
    versions = [{f"{name}.txt": str(version).encode() * 2000 for name in "abc"} for version in range(2)]
    replace_folder(folder, versions[0])
    seen, done = [], threading.Event()

    def look():
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                found = {name: read_in(handle, name) for name in os.listdir(handle)}
                # A folder that was exchanged while it was looked at is being removed, and may be half gone.
                if os.path.samestat(os.fstat(handle), os.stat(folder)):
                    seen.append(found)
            finally:
                os.close(handle)
        except FileNotFoundError:
            if not os.path.exists(folder):
                seen.append("nothing")

    def look_on():
        while not done.is_set():
            look()

    thread = threading.Thread(target=look_on, daemon=True)
    thread.start()
    for number in range(60):
        replace_folder(folder, versions[number % 2])
    done.set()
    thread.join()
    look()
    assert seen[-1] == versions[1]
    assert [one for one in seen if one not in versions] == []
    assert [path.name for path in folder.parent.iterdir()] == ["ps1"]


@pytest.mark.parametrize("step", ["_write", "_sync", "_put"])
def test_a_full_disk_leaves_the_old_folder_as_it_was(tmp_path, monkeypatch, step):
    folder = tmp_path / "ada" / "ps1"
    replace_folder(folder, {"a.txt": b"old"})

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folders, step, full)
    with pytest.raises(OSError, match="No space left"):
        replace_folder(folder, {"a.txt": b"new", "b.txt": b"new"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a.txt": b"old"}
    assert [path.name for path in folder.parent.iterdir()] == ["ps1"]


@pytest.mark.parametrize("can_exchange", [True, False])
def test_whatever_stands_in_the_place_is_replaced(tmp_path, monkeypatch, can_exchange):
    if not can_exchange:
        monkeypatch.setattr(folders, "_exchange", lambda *_: False)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    for name, make in {
        "file": lambda path: path.write_text("x"),
        "link": lambda path: path.symlink_to(outside),
        "empty": lambda path: path.mkdir(),
        "full": lambda path: (path / "in" / "x").mkdir(parents=True),
    }.items():
        folder = tmp_path / "ada" / name
        folder.parent.mkdir(exist_ok=True)
        make(folder)
        replace_folder(folder, {"in/a.txt": b"new"}, groupshared=True)
        assert not folder.is_symlink()
        assert [path.relative_to(folder).as_posix() for path in folder.rglob("*.txt")] == ["in/a.txt"]
        assert stat.S_IMODE((folder / "in" / "a.txt").stat().st_mode) == 0o664
        assert stat.S_IMODE((folder / "in").stat().st_mode) == 0o2775
    assert (outside / "kept.txt").read_text() == "kept"
    assert sorted(path.name for path in (tmp_path / "ada").iterdir()) == ["empty", "file", "full", "link"]


def test_what_a_killed_grader_left_is_removed_when_it_is_old(tmp_path):
    folder = tmp_path / "ada" / "ps1"
    old, young = (folder.parent / f".ps1.1.{name}.new" for name in ("old", "young"))
    for path in (old, young):
        (path / "x").mkdir(parents=True)
    os.utime(old, (time.time() - 7200,) * 2)
    replace_folder(folder, {"a.txt": b"new"})
    assert {path.name for path in folder.parent.iterdir()} == {"ps1", young.name}


@pytest.mark.parametrize("asked_about", [True, False])
@pytest.mark.parametrize(
    "take", [lambda folder: replace_folder(folder, {"a.txt": b"new"}), folders._remove_folder]
)
def test_what_a_grader_left_that_was_just_killed_is_removed_at_once(tmp_path, monkeypatch, take, asked_about):
    folder = tmp_path / "ada" / "ps1"
    replace_folder(folder, {"a.txt": b"old"})
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as grader:
        with monkeypatch.context() as patch:
            patch.setattr(os, "getpid", lambda: grader.pid)
            left = folders._aside(folder)
        (left / "x").mkdir(parents=True)
        replace_folder(folder, {"a.txt": b"new"})
        assert left.exists()  # its grader still runs
        grader.kill()
        if asked_about:
            grader.wait()
        else:
            os.waitid(os.P_PID, grader.pid, os.WEXITED | os.WNOWAIT)
        take(folder)
        assert not left.exists()


def test_tiny_courses_tests_are_what_this_file_takes_them_for():
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in tiny.first_notebook().cells]
    assert set(VERDICTS) <= set(names)
