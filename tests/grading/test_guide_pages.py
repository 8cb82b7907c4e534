"""What the book's pages say about grading is what the grader does."""

import re
from pathlib import Path

import pytest

from coursepkg.cli import main
from coursepkg.grading.feedback import WORDS
from coursepkg.grading.limits import MEBIBYTE, Limits
from coursepkg.grading.listing import IntakeLimits

GUIDE = Path(__file__).parents[2] / "book" / "guide"


def text_of(name):
    return (GUIDE / f"{name}.md").read_text(encoding="utf-8")


def test_the_limits_that_students_read():
    text, limits = text_of("how_grading_works"), Limits()
    for value in (
        f"| {limits.cell_seconds:g} s |",
        f"| {limits.submission_seconds:g} s |",
        f"| {limits.memory // MEBIBYTE} MiB |",
        f"| {limits.output_bytes // MEBIBYTE} MiB;",
        f"| {limits.disk_bytes // MEBIBYTE} MiB |",
        f"| {limits.message_bytes // MEBIBYTE} MiB |",
        f"| {IntakeLimits().file_bytes // 10**6} MB;",
    ):
        assert value in text


def test_every_verdict_of_the_feedback_is_explained():
    text = text_of("how_grading_works")
    for words in WORDS.values():
        if words != WORDS["by hand"]:
            assert words[2:] in text


@pytest.mark.parametrize("command", ["grade", "report", "export", "similarity", "kernels"])
def test_the_options_that_instructors_read(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    used = re.findall(rf"^\s*coursepkg {command}\b.*", text_of("grading"), re.MULTILINE)
    assert used, "the page shows each command once"
    for line in used:
        assert set(re.findall(r"(?<=\s)--[a-z-]+", line)) <= known, line
