import datetime
import errno
import os
import pickle
import time

import pytest

from coursepkg.grading.course import CourseProblem, open_course, read_timestamp


@pytest.fixture
def folder(tmp_path):
    """A course folder with settings alone."""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'abc'\n")
    return tmp_path


def hand_in(folder, student, assignment="ps1", timestamp=None):
    path = folder / "submitted" / student / assignment
    path.mkdir(parents=True)
    if timestamp is not None:
        (path / "timestamp.txt").write_text(timestamp)
    return path


def test_a_course_without_special_settings_has_nbgraders_defaults(folder):
    course = open_course(folder)
    assert (course.root, course.course_id) == (folder, "abc")
    assert course.db_url == f"sqlite:///{folder}/gradebook.db"
    assert course.path("submitted", "ada", "ps1") == folder / "submitted" / "ada" / "ps1"
    assert course.path("source", ".", "ps1") == folder / "source" / "ps1"
    assert "__pycache__" in course.ignore


def test_the_settings_of_the_folder_decide(folder):
    (folder / "nbgrader_config.py").write_text(
        "import beside\n"
        "c = get_config()\n"
        "c.CourseDirectory.directory_structure = '{nbgrader_step}/{assignment_id}/{student_id}'\n"
        "c.CourseDirectory.submitted_directory = beside.NAME\n"
        "c.CourseDirectory.ignore = ['*.py']\n"
        "c.CourseDirectory.db_url = 'sqlite:///other.db'\n"
    )
    (folder / "beside.py").write_text("NAME = 'handed_in'\n")
    (folder / "handed_in" / "ps1" / "ada").mkdir(parents=True)
    course = open_course(folder)
    assert course.path("submitted", "ada", "ps1") == folder / "handed_in" / "ps1" / "ada"
    assert course.db_url == f"sqlite:///{folder}/other.db"
    assert course.ignore == ("*.py",)
    assert [one.student for one in course.submitted("ps1")] == ["ada"]


def test_the_courses_own_settings_load_and_write_the_source_notebooks(tmp_path):
    from pathlib import Path

    assignments = Path(__file__).parents[2] / "assignments"
    course = open_course(assignments)
    assert course.course_id == "sequence-models"
    assert course.root == assignments
    assert course.assignments() == sorted(path.parent.name for path in assignments.glob("source/*/*.md"))
    for name in course.assignments():
        assert (course.path("source", ".", name) / f"{name}.ipynb").exists()


def test_a_database_may_be_given(folder):
    course = open_course(folder, "postgresql+psycopg://me:secret@host/grades")
    assert course.db_url == "postgresql+psycopg://me:secret@host/grades"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("grades.db", "is not a database's URL"),
        ("sqlite://", "one process's memory"),
        ("mysql://host/grades", "SQLite and PostgreSQL"),
    ],
)
def test_a_database_that_cannot_serve_is_refused(folder, url, message):
    with pytest.raises(CourseProblem, match=message):
        open_course(folder, url)


def test_a_pickled_course_is_opened_anew(folder):
    course = open_course(folder, f"sqlite:///{folder}/other.db")
    assert pickle.loads(pickle.dumps(course)) == course


def test_a_folder_that_is_no_course_says_where_one_is(tmp_path):
    (tmp_path / "assignments").mkdir()
    (tmp_path / "assignments" / "nbgrader_config.py").write_text("")
    with pytest.raises(CourseProblem, match=r"no nbgrader course folder.*There is one in assignments/"):
        open_course(tmp_path)
    with pytest.raises(CourseProblem, match="is not a folder"):
        open_course(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["c = get_config(\n", "raise RuntimeError('boom')", "import nosuchmodule"])
def test_broken_settings_are_named(folder, text):
    (folder / "nbgrader_config.py").write_text(text)
    with pytest.raises(CourseProblem, match=r"nbgrader_config.py in .* cannot be read"):
        open_course(folder)


def test_submissions_are_listed_in_order_with_their_time(folder):
    for student in ("grace", "ada", "Über ström"):
        hand_in(folder, student, timestamp="2026-02-03 04:05:06 UTC")
    hand_in(folder, "late", assignment="ps2")
    (folder / "submitted" / "notes.txt").write_text("no submission")
    (folder / "submitted" / ".ipynb_checkpoints" / "ps1").mkdir(parents=True)
    found = open_course(folder).submitted("ps1")
    assert [one.student for one in found] == ["ada", "grace", "Über ström"]
    assert {one.timestamp for one in found} == {datetime.datetime(2026, 2, 3, 4, 5, 6)}
    assert not any(one.note or one.problem for one in found)
    assert open_course(folder).submitted("ps3") == []


def test_no_link_of_a_student_is_followed(folder):
    (folder / "source" / "ps1").mkdir(parents=True)
    (folder / "submitted" / "eve").mkdir(parents=True)
    (folder / "submitted" / "eve" / "ps1").symlink_to(folder / "source" / "ps1")
    (folder / "submitted" / "mallory").symlink_to(folder / "source")
    course = open_course(folder)
    problems = {one.student: one.problem for one in course.submitted("ps1")}
    assert problems.keys() == {"eve", "mallory"}
    assert all("symbolic link" in problem for problem in problems.values())
    assert "symbolic link" in course.submission("mallory", "ps1").problem


def test_a_link_above_the_students_is_the_instructors(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "ada" / "ps1").mkdir(parents=True)
    (folder / "submitted").symlink_to(elsewhere)
    (one,) = open_course(folder).submitted("ps1")
    assert (one.student, one.problem) == ("ada", "")


@pytest.mark.parametrize("name", ["x" * 200, "line\nbreak", "<img src=x>", os.fsdecode(b"\xff\xfe")])
def test_names_that_are_no_students_are_left_out_and_named(folder, name):
    hand_in(folder, "ada")
    hand_in(folder, name)
    course = open_course(folder)
    assert [one.student for one in course.submitted("ps1")] == ["ada"]
    ((shown, reason),) = course.left_out("ps1")
    assert shown == ascii(name) and reason
    with pytest.raises(ValueError, match="no student's id"):
        course.submission(name, "ps1")


def test_who_handed_in_nothing_has_no_submission(folder):
    assert open_course(folder).submission("ada", "ps1") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015-02-02 15:58:23.948203 UTC\n", datetime.datetime(2015, 2, 2, 15, 58, 23, 948203)),
        ("2015-02-02 15:58:23 America/Los_Angeles", datetime.datetime(2015, 2, 2, 23, 58, 23)),
        ("2026-11-21T15:00:00+02:00", datetime.datetime(2026, 11, 21, 13)),
    ],
)
def test_timestamps_are_read_as_nbgrader_reads_them(tmp_path, text, expected):
    from nbgrader.coursedir import CourseDirectory

    (tmp_path / "timestamp.txt").write_text(text)
    timestamp, note = read_timestamp(tmp_path)
    assert timestamp == expected == CourseDirectory().get_existing_timestamp(str(tmp_path))
    assert not note or timestamp > datetime.datetime.now()


@pytest.mark.parametrize(
    ("content", "known", "word"),
    [
        (b"1999-12-31 23:59:59 UTC", True, "1999-12-31"),
        (b"2999-01-01 00:00:00 UTC", True, "still to come"),
        (b"", False, "empty"),
        (b"   \n", False, "empty"),
        (b"yesterday, honestly", False, "no time"),
        (b"\xff\xfe\x00", False, "no time"),
        (b"9" * 100_000, False, "no time"),
        (b"2026-01-01 00:00:00 99999999999999999999", False, "no time"),
        (b"0001-01-01 00:00:00+14:00", False, "no time"),
    ],
)
def test_odd_timestamps_are_noted_and_stop_nothing(tmp_path, content, known, word):
    (tmp_path / "timestamp.txt").write_bytes(content)
    timestamp, note = read_timestamp(tmp_path)
    assert (timestamp is not None) == known
    assert word in note


def test_a_timestamp_that_is_no_file_is_noted_at_once(tmp_path):
    path = tmp_path / "timestamp.txt"
    os.mkfifo(path)
    begun = time.monotonic()
    assert "not an ordinary file" in read_timestamp(tmp_path)[1]
    path.unlink()
    path.symlink_to("/proc/self/status")
    assert "not an ordinary file" in read_timestamp(tmp_path)[1]
    path.unlink()
    path.mkdir()
    assert "not an ordinary file" in read_timestamp(tmp_path)[1]
    assert time.monotonic() - begun < 60  # nothing waited for a writer


def test_late_penalties_are_those_of_the_settings(tiny_course, folder):
    step = open_course(tiny_course).late_penalties()
    assert step.plugin_inst.late_submission_penalty("ada", 5.0, 7200) == 2.0
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    step = open_course(folder).late_penalties()
    assert step.plugin_inst.late_submission_penalty("ada", 5.0, 7200) == 5.0
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.AssignLatePenalties.enabled = False\n")
    assert open_course(folder).late_penalties() is None


def test_a_folder_that_may_not_be_read_is_named(folder, monkeypatch):
    closed, scandir = hand_in(folder, "ada"), os.scandir

    def refuse(path):
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # root, as which tests may run, reads everything
    (one,) = open_course(folder).submitted("ps1")
    assert one.problem == "ps1 cannot be read: Permission denied."


def test_a_folder_that_may_be_listed_and_not_entered_stops_nobody(folder, monkeypatch):
    """Its rights are 0444, as some archives unpack."""
    hand_in(folder, "ada")
    look = os.stat

    def refuse(path, *arguments, dir_fd=None, **options):
        if dir_fd is not None and str(path).endswith(".ipynb"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(path, *arguments, dir_fd=dir_fd, **options)

    monkeypatch.setattr(os, "stat", refuse)
    (one,) = open_course(folder).submitted("ps1")
    assert one.student == "ada" and not one.problem


def test_a_file_in_place_of_a_submission_is_named(folder):
    (folder / "submitted" / "ada").mkdir(parents=True)
    (folder / "submitted" / "ada" / "ps1").write_text("a file")
    (one,) = open_course(folder).submitted("ps1")
    assert one.problem == "ps1 is not a folder."
