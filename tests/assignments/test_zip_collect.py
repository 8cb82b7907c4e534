"""Students on Colab hand in a file, and the learning platform hands the instructor a zip of all of them."""

import io
import json
import zipfile

import pytest

SLUG = "01-sequence-data"
# Names as the platforms write them, and the student that each belongs to.
FILES = {
    f"Ada Lovelace_1001_assignsubmission_file_/{SLUG}.ipynb": "1001",
    f"Émilie du Châtelet_1002_assignsubmission_file_/Copy of {SLUG}.ipynb": "1002",
    f"Sofja Kowalewskaja_1003_assignsubmission_file_{SLUG} (1).ipynb": "1003",
    f"noetheremmy_1004_778899_{SLUG}.ipynb": "1004",
    f"hopper_LATE_1005_778900_{SLUG}-2.ipynb": "1005",
    f"Homework 1_turing_attempt_2026-11-20-09-30-00_{SLUG}.ipynb": "turing",
    f"by hand/markov/{SLUG}.ipynb": "markov",
}
STUDENTS = [*FILES.values(), "1008"]


@pytest.fixture(scope="module")
def collected(course):
    archive = course.folder / "downloaded" / SLUG / "archive"
    archive.mkdir(parents=True)

    def notebook(text):
        cell = {"cell_type": "raw", "id": "x", "metadata": {}, "source": text}
        return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    with zipfile.ZipFile(archive / "CS101-Assignment 1-98765.zip", "w") as file:
        for name, student in FILES.items():
            file.writestr(name, notebook(f"by {student}"))
        # Twice by the same student: an older download beside the plain name, and two attempts.
        file.writestr(f"Ada Lovelace_1001_assignsubmission_file_/{SLUG} (1).ipynb", notebook("not this one"))
        file.writestr(f"Homework 1_turing_attempt_2026-11-19-23-59-00_{SLUG}.ipynb", notebook("not this one"))
        # Zipped in a folder before it was handed in, on a Mac.
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as handed_in:
            handed_in.writestr(f"homework/{SLUG}.ipynb", notebook("by 1008"))
            handed_in.writestr(f"__MACOSX/homework/._{SLUG}.ipynb", b"\0\5\26\7")
        file.writestr("Sophie Germain_1008_assignsubmission_file_/homework.zip", inner.getvalue())
        # Nothing to do with the assignment.
        file.writestr("Ada Lovelace_1001_assignsubmission_file_/essay.pdf", b"%PDF-1.4")
        file.writestr(
            "Carl Gauss_1006_assignsubmission_onlinetext_/onlinetext.html", "<p>I have no notebook.</p>"
        )
        file.writestr(
            "Carl Gauss_1006_assignsubmission_file_/my homework.ipynb", notebook("no such assignment")
        )
        # An archive inside the archive that was cut short.
        file.writestr("Leonhard Euler_1007_assignsubmission_file_/all.zip", b"PK\x03\x04 and no more")
    course.log = course.nbgrader("zip_collect", SLUG)
    return course


@pytest.mark.parametrize("student", STUDENTS)
def test_each_student_gets_the_right_file_under_the_released_name(collected, student):
    folder = collected.folder / "submitted" / student / SLUG
    notebook = json.loads((folder / f"{SLUG}.ipynb").read_text(encoding="utf-8"))
    assert notebook["cells"][0]["source"] == f"by {student}"


def test_nobody_else_is_collected(collected):
    assert {path.name for path in (collected.folder / "submitted").iterdir()} == set(STUDENTS)


def test_the_time_of_an_attempt_is_kept(collected):
    stamp = (collected.folder / "submitted" / "turing" / SLUG / "timestamp.txt").read_text(encoding="utf-8")
    assert stamp.startswith("2026-11-20 09:30:00")


def test_what_was_left_out_is_named(collected):
    assert "all.zip cannot be unpacked and is left out" in collected.log
    assert f"{SLUG} (1).ipynb: {SLUG}.ipynb is collected instead" in collected.log
    assert "did not match anything in:" in collected.log
    assert "my homework.ipynb" in collected.log


def test_collecting_again_replaces_what_was_there(collected):
    collected.nbgrader("zip_collect", SLUG, "--force")
    assert {path.name for path in (collected.folder / "submitted").iterdir()} == set(STUDENTS)
