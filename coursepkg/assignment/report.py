"""Turns the result of a check into text for people or JSON for programs."""

import json
import re
import textwrap
from itertools import groupby

WIDTH = 100


def as_text(report):
    """Writes a report for the student.

    Args:
        report: `coursepkg.assignment.Report`.

    Returns:
        str of several lines, at most 100 characters wide.
    """
    lines = [report.name, ""]
    for heading, group in groupby(report.tests, key=lambda test: test.heading):
        tests = list(group)
        score = f"{_number(sum(t.earned for t in tests))} of {_points(sum(t.points for t in tests))}"
        title = re.sub(r" *\(\d+ points?\)$", "", heading) or "Tests"
        title = textwrap.shorten(title, WIDTH - len(score) - 2, placeholder=" ...")
        lines.append(f"{title}{score:>{WIDTH - len(title)}}")
        said = ""
        for test in tests:
            points = f"{_number(test.earned)}/{_number(test.points)}"
            lines.append(
                f"  {test.status:<12}{test.grade_id}{points:>{max(WIDTH - 14 - len(test.grade_id), 8)}}"
            )
            lines += _wrap(test.message if test.message != said else "", " " * 14)
            said = test.message
        lines.append("")
    for title, texts in (
        ("Cells that stopped with an error", report.broken_cells),
        ("About the file", report.concerns),
        ("Remarks", report.remarks),
    ):
        if texts:
            lines.append(title)
            for text in texts:
                lines += _wrap(text, "    ", first="  - ")
            lines.append("")
    return "\n".join([*lines, *_wrap(_summary(report), "")])


def _summary(report):
    passed = sum(test.status == "passed" for test in report.tests)
    text = (
        f"{passed} of {len(report.tests)} test cells pass: "
        f"{_number(report.earned)} of {_points(report.points)}. "
    )
    if report.passed:
        return text + (
            "The grader runs the same cells with more cases, so ask yourself which case you have not tried; "
            "then hand in this file."
        )
    first = next((test for test in report.tests if test.status != "passed"), None)
    if first is None:
        return text + "See what is said about the file before you hand it in."
    return text + f"Start with '{first.grade_id}': later cells may fail only because it does."


def as_json(report):
    """Writes a report for a program.

    Args:
        report: `coursepkg.assignment.Report`.

    Returns:
        str, a JSON object with `notebook`, `passed`, `earned`, `points`, `tests`, `broken_cells`, `concerns`
        and `remarks`.
    """
    content = {
        "notebook": report.name,
        "passed": report.passed,
        "earned": report.earned,
        "points": report.points,
        "tests": [
            {
                "grade_id": test.grade_id,
                "heading": test.heading,
                "status": test.status,
                "earned": test.earned,
                "points": test.points,
                "message": test.message,
            }
            for test in report.tests
        ],
        "broken_cells": report.broken_cells,
        "concerns": report.concerns,
        "remarks": report.remarks,
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _number(value):
    return f"{value:g}"


def _points(value):
    return f"{_number(value)} point{'' if value == 1 else 's'}"


def _wrap(text, indent, first=None):
    lines = []
    for number, line in enumerate(text.splitlines()):
        start = first if first is not None and number == 0 else indent
        lines += textwrap.wrap(
            line, WIDTH, initial_indent=start, subsequent_indent=indent, break_long_words=False
        ) or [""]
    return lines
