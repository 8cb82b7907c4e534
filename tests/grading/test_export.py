"""Tables that Canvas and Moodle import, by the rules of their importers; `nbgrader export` is the oracle."""

import csv
import io
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook
from tiny import run_nbgrader

from coursepkg.cli import main
from coursepkg.grading import gradebook
from coursepkg.grading.course import open_course
from coursepkg.grading.export import RosterProblem, as_canvas, as_moodle, read_roster
from coursepkg.grading.outcome import CellResult, NotebookOutcome, Outcome

PS1 = SimpleNamespace(name="ps1")
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Old (11),ps1 (22),Current Score,Final Grade
,,,,,,Manual Posting,,
    Points Possible,,,,,10,20,(read only),(read only)
"Lovelace, Ada",901,s1,ada,A & B,3,,88,B
"Hopper, Grace",902,s2,GRACE,A,4,1,77,C
"=HYPERLINK(""http://x"")",903,s3,eve,A,,,,
"Student, Test",904,,,A,,,,
"""


@pytest.fixture
def course(tiny_course):
    """Ada has 3 of 16 points and is late, Grace 6.5 with extra credit, Zoe handed in nothing."""
    course = open_course(tiny_course)
    folder = course.path("submitted", "ada", "ps1")
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-03-01 13:00:00 UTC")
    for student, earned, part in (("ada", 2.0, 1.0), ("grace", 2.0, 4.0)):
        cells = [
            CellResult("test_answer", "passed", 2.0, earned),
            CellResult("test_part", "partial", 4.0, part),
        ]
        outcome = Outcome(student, "ps1", "graded", notebooks=[NotebookOutcome("first", cells)])
        gradebook.record(course, outcome, PS1)
    with Gradebook(course.db_url, "tiny") as book:
        book.find_grade("test_answer", "first", "ps1", "grace").extra_credit = 0.5
        book.update_or_create_student("ada", first_name="Ada", last_name="Lovelace", email="a.l@uni.example")
        book.add_student("zoe", lms_user_id="905")
        book.db.commit()
    return course


def table(export):
    """What a platform reads: UTF-8 with a byte-order mark that it passes over."""
    assert export.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(export.text.encode().decode("utf-8-sig"), newline="")))


def write(tmp_path, text, name="roster.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


def test_canvas_finds_its_columns_and_its_row_of_points(course):
    header, points, *rows = table(as_canvas(course))
    # As its importer asks: "Student" and "ID" first, both SIS columns, "Section" last before the assignments.
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ps1"]
    assert points == ["    Points Possible", "", "", "", "", "16"]
    assert rows == [
        ["Lovelace, Ada", "", "ada", "ada", "", "2"],
        ["grace", "", "grace", "grace", "", "6.5"],
        ["zoe", "905", "zoe", "zoe", "", ""],
    ]


def test_scores_are_those_of_nbgraders_own_export(course):
    run_nbgrader(course.root, "export")
    with open(course.root / "grades.csv", newline="") as file:
        theirs = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    ours = {row[3]: float(row[5] or 0) for row in table(as_canvas(course))[2:]}
    assert ours == theirs == {"ada": 2.0, "grace": 6.5, "zoe": 0.0}


def test_a_canvas_roster_lines_up_students_and_columns(course, tmp_path):
    export = as_canvas(course, roster=write(tmp_path, CANVAS))
    header, points, *rows = table(export)
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "ps1 (22)"]
    assert points[5] == "20", "Canvas's own"
    assert [row[1:2] + row[5:] for row in rows] == [["901", "2"], ["902", "6.5"], ["903", ""], ["904", ""]]
    assert rows[2][0] == '\'=HYPERLINK("http://x")'
    assert any("2 of 4 students of roster.csv have no score here" in note for note in export.notes)


def test_what_does_not_match_is_named_and_what_the_platform_has_stays(course, tmp_path):
    text = CANVAS.replace("902,s2,GRACE", "902,s2,hopper").replace("ps1 (22)", "Problem set (22)")
    export = as_canvas(course, "ps1", write(tmp_path, text))
    header, points, ada, grace, *_ = table(export)
    assert (header[5], points[5], ada[5], grace[5]) == ("ps1", "16", "2", "")
    assert any("no column of the name ps1" in note for note in export.notes)
    assert any("left out: grace. Looked for in: ID, SIS" in note for note in export.notes)
    kept = table(as_canvas(course, "ps1", write(tmp_path, CANVAS.replace("GRACE", "hopper"))))
    assert kept[3][5] == "1", "an unmatched student keeps what Canvas has"


def test_a_student_whom_two_rows_fit_is_left_out(course, tmp_path):
    text = CANVAS.replace("902,s2,GRACE", "902,s2,ada")
    export = as_canvas(course, roster=write(tmp_path, text))
    assert [row[5] for row in table(export)[2:4]] == ["", "1"]
    assert any("ada, grace" in note for note in export.notes)


def test_two_students_whom_one_row_fits_are_left_out(course, tmp_path):
    with Gradebook(course.db_url, "tiny") as book:
        book.update_or_create_student("grace", lms_user_id="901")
    export = as_canvas(course, roster=write(tmp_path, CANVAS))
    assert table(export)[2][5] == ""
    assert any("not beyond doubt" in note and "ada, grace" in note for note in export.notes)


def test_moodles_gradebook_gets_one_column_for_each_assignment(course):
    header, *rows = table(as_moodle(course))
    assert header == ["Username", "ID number", "First name", "Last name", "Email address", "ps1"]
    assert rows[0] == ["ada", "", "Ada", "Lovelace", "a.l@uni.example", "2"]
    assert [row[5] for row in rows] == ["2", "6.5", ""]


def test_a_moodle_roster_lines_up_students_and_columns(course, tmp_path):
    text = (
        "First name;Last name;ID number;Email address;Assignment: ps1 (Real);Assignment: ps1 (Percentage);"
        "Quiz: one (Real)\nAda;Lovelace;1;A.L@uni.example;-;-;5\nGrace;Hopper;grace;g@uni.example;-;-;6\n"
        "New;Person;3;n@uni.example;7,5;-;4\n"
    )
    header, *rows = table(as_moodle(course, roster=write(tmp_path, text)))
    assert header == ["First name", "Last name", "ID number", "Email address", "Assignment: ps1 (Real)"]
    assert [row[-1] for row in rows] == ["2", "6.5", "7,5"]


def test_a_grading_worksheet_comes_back_whole_with_grades(course, tmp_path):
    with Gradebook(course.db_url, "tiny") as book:
        book.update_or_create_student("grace", lms_user_id="4711")
    columns = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    columns += "Last modified (submission),Last modified (grade),Feedback comments"
    text = (
        f"{columns}\n"
        'Participant 4710,Ada Lovelace,a.l@uni.example,Submitted,,100.00,Yes,"Sunday, 1 March",-,\n'
        "Participant 4711,Grace Hopper,g@uni.example,Submitted,1.00,100.00,Yes,-,-,Well done\n"
        "Participant 4712,New Person,n@uni.example,No submission,9.00,100.00,Yes,-,-,\n"
    )
    export = as_moodle(course, "ps1", write(tmp_path, text))
    header, *rows = table(export)
    assert header == columns.split(",")
    assert [row[4] for row in rows] == ["2", "6.5", "9.00"]
    assert rows[0][7:] == ["Sunday, 1 March", "-", ""] and rows[1][9] == "Well done"
    assert any("not the 16 points" in note for note in export.notes)


def test_a_worksheet_is_of_one_assignment(course, tmp_path):
    with Gradebook(course.db_url, "tiny") as book:
        book.add_assignment("ps2")
    roster = write(tmp_path, "Identifier,Grade,Last modified (grade)\nParticipant 1,,-\n")
    with pytest.raises(RosterProblem, match=r"name that assignment.*ps1, ps2|ps2, ps1"):
        as_moodle(course, None, roster)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", "\n=", "＝", " ="])
def test_no_cell_is_a_formula(course, start):
    name = f"{start}cmd|'/c calc'!A1"
    with Gradebook(course.db_url, "tiny") as book:
        book.update_or_create_student("ada", first_name=None, last_name=name, email=name)
        book.add_student(f"{start}id")
    for export in (as_canvas(course), as_moodle(course)):
        cells = [cell for row in table(export) for cell in row]
        assert not [cell for cell in cells if cell.strip()[:1] in tuple("=+-@＝")]
        assert not [cell for cell in cells if cell[:1] in ("\t", "\r", "\n")]
        assert any("calc" in cell for cell in cells)


def test_what_waits_for_a_person_is_said(course):
    (note,) = as_canvas(course).notes
    assert "2 students" in note and "ada, grace" in note


def test_names_of_all_scripts_survive(course):
    with Gradebook(course.db_url, "tiny") as book:
        book.update_or_create_student("zoe", first_name="Zoë", last_name="Łukasiewicz 李")
    assert table(as_canvas(course))[4][0] == "Łukasiewicz 李, Zoë"


@pytest.mark.parametrize(
    ("text", "encoding", "message"),
    [
        ("", "utf-8", "first line should name"),
        ("one column\nx\n", "utf-8", "first line should name"),
        ("Student,ID\nZoë,1\n", "utf-16", "not UTF-8"),
        ("Name,Number\nx,1\n", "utf-8", "not a table that Canvas exported"),
    ],
)
def test_what_is_no_roster_is_named(course, tmp_path, text, encoding, message):
    with pytest.raises(RosterProblem, match=message):
        as_canvas(course, roster=write(tmp_path, text, encoding=encoding))


def test_a_roster_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RosterProblem, match="cannot be read: No such file"):
        read_roster(tmp_path / "none.csv")


def test_the_command_writes_the_file_and_says_what_did_not_match(course, tmp_path, capsys):
    out, roster = tmp_path / "scores.csv", write(tmp_path, CANVAS.replace("GRACE", "hopper"))
    arguments = ["export", "ps1", "--course", str(course.root), "--roster", str(roster), "--out", str(out)]
    assert main(arguments) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbfStudent,ID,")
    printed = capsys.readouterr()
    assert printed.out == f"{out}\n"
    assert "left out: grace" in printed.err
    assert main(["export", "ps7", "--course", str(course.root)]) != 0
    assert "knows no assignment ps7; it knows ps1" in capsys.readouterr().err
