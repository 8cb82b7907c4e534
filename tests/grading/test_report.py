"""The report says what happened, for classes of every size, and shows whatever students wrote as text."""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from coursepkg.grading import gradebook, web_page, work_queue
from coursepkg.grading.course import open_course
from coursepkg.grading.outcome import CellResult, NotebookOutcome, Outcome
from coursepkg.grading.plan import read_assignment
from coursepkg.grading.report import (
    ReportRow,
    gather,
    report_page,
    report_table,
    summarise_checks,
    write_report,
)

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def row(student, statuses, state="graded", message="", **fields):
    """A graded submission of which each cell is worth 2 points."""
    cells = {}
    for place, status in enumerate(statuses):
        earned = {"passed": 2.0, "partial": 1.0, "manual": None}.get(status, 0.0)
        said = message if status in ("failed", "error") else ""
        cells["hw", f"test-{place}"] = CellResult(f"test-{place}", status, 2.0, earned, said, "Exercise", 0.5)
    score = sum(cell.earned or 0 for cell in cells.values())
    fields = {"score": score, "points": 2.0 * len(cells), "seconds": 3.0, "peak_memory": 4e8} | fields
    return ReportRow(student, state, cells=cells, **fields)


def random_class(count):
    random = np.random.default_rng(count)
    states = random.choice(
        ["graded", "rejected", "needs a look", "failed", "waiting", "nothing handed in"], count
    )
    rows = []
    for place, state in enumerate(states):
        statuses = random.choice(["passed", "partial", "failed", "not written", "too slow", "manual"], 30)
        if state in ("graded", "needs a look"):
            rows.append(row(f"s{place}", statuses, state, f"Expected {place}.5, got -1e-9."))
        else:
            rows.append(ReportRow(f"s{place}", state, "It was cut short." * (state == "rejected")))
    return rows


def figures(html):
    """The drawings of a page, each read as XML."""
    return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


CLASSES = {
    "nobody": [],
    "one": [row("ada", ["passed"])],
    "nobody failed": [row(f"s{i}", ["passed", "passed"]) for i in range(5)],
    "nobody passed": [row(f"s{i}", ["not written", "failed"], message="No.") for i in range(5)],
    "nothing handed in": [ReportRow(f"s{i}", "nothing handed in") for i in range(5)],
    "all rejected": [ReportRow(f"s{i}", "rejected", "It is empty.", 0.0, points=4.0) for i in range(5)],
    "no points": [row("ada", [], points=0.0)],
    "extra credit": [row("ada", ["passed"], score=7.5), row("bob", ["failed"], score=0.0)],
    "by stock nbgrader": [ReportRow("ada", "graded", score=3.0, points=4.0)],
    "all by hand": [row("ada", ["manual", "manual"], by_hand=True)],
    "ten": random_class(10),
    "three thousand": random_class(3000),
}


@pytest.mark.parametrize("rows", CLASSES.values(), ids=CLASSES)
def test_every_class_has_a_page_and_a_table(rows):
    html, text = report_page("hw", rows), report_table(rows)
    lines = list(csv.reader(io.StringIO(text)))
    assert len(lines) == len(rows) + 1
    assert len({len(line) for line in lines}) == 1
    assert len(html) < 400_000
    described = figures(html)
    assert all(svg.get("aria-label") and svg.get("role") == "img" for svg in described)
    ids = [node.get("id") for svg in described for node in svg.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    scores = [one for one in rows if one.state == "graded" and one.score is not None and one.points > 0]
    assert any("Histogram" in svg.get("aria-label") for svg in described) == bool(scores)


def test_the_page_says_who_and_why():
    rows = [
        row("ada", ["passed", "passed"]),
        ReportRow("bob", "rejected", "The notebook stops in the middle."),
        row("cy", ["passed", "error"], "needs a look", reason="It used 4 GB."),
        ReportRow("dee", "failed", "The disk was full."),
        ReportRow("eli", "waiting"),
        ReportRow("fay", "nothing handed in"),
    ]
    html = report_page("hw", rows)
    expected = ["<h2>Rejected", "<td>bob", "stops in the middle", "<h2>To look at", "<td>cy", "4 GB"]
    expected += ["<h2>Failed", "<td>dee", "disk was full", "<h2>Waiting", "<td>eli", "<h2>Nothing", "<td>fay"]
    places = [html.index(text) for text in expected]
    assert places == sorted(places)


def test_what_the_scores_are():
    scores = [0.0, 1.0, 4.0, 4.0, 6.0]
    html = report_page("hw", [row(f"s{i}", ["passed"] * 3, score=score) for i, score in enumerate(scores)])
    assert "half of them have at least 4 of 6 points" in html
    assert "The lowest score is 0, the highest 6, the mean 3." in html


def test_the_check_that_fails_most_and_what_it_said():
    rows = [
        row("a", ["passed", "failed", "failed"], message="Step 2 is 0.314, expected 0.271."),
        row("b", ["passed", "failed", "passed"], message="Step 3 is -1.5e-07, expected 0.9."),
        row("c", ["passed", "error", "partial"], message="TypeError: no."),
        row("d", ["not written", "not written", "passed"]),
        ReportRow("e", "rejected", "Empty."),
    ]
    first, second, third = summarise_checks(rows)
    assert (first.name, first.tried, first.lost, first.not_written) == ("test-1", 4, 4, 1)
    assert (first.message, first.message_count) == ("Step 2 is 0.314, expected 0.271.", 2)
    assert (second.name, second.lost, second.message) == ("test-2", 2, "Step 2 is 0.314, expected 0.271.")
    assert (third.name, third.lost, third.not_written, third.message) == ("test-0", 1, 1, "")
    assert summarise_checks([row("a", ["manual"])]) == []


def test_the_slowest_come_first():
    rows = [row(f"s{i}", ["passed"], seconds=float(i)) for i in range(30)]
    html = report_page("hw", rows)
    table = html[html.index("The slowest") :]
    assert re.findall(r"<td>(s\d+)</td>", table) == [f"s{i}" for i in range(29, 19, -1)]
    assert "took 14.5 s" in table


def test_the_table_has_a_column_for_each_check():
    rows = [row("ada", ["passed", "partial"], penalty=1.0, score=2.0), ReportRow("bob", "rejected", "Empty.")]
    first, second = csv.DictReader(io.StringIO(report_table(rows)))
    assert first["student"] == "ada" and float(first["score"]) == 2 and float(first["late_penalty"]) == 1
    assert (float(first["test-0"]), float(first["test-1"])) == (2, 1)
    assert (second["state"], second["reason"], second["score"], second["test-0"]) == (
        "rejected",
        "Empty.",
        "",
        "",
    )


def test_hostile_text_stays_text():
    rows = [
        row(SCRIPT, ["failed"], message=SCRIPT),
        ReportRow("=1+1", "rejected", f"@SUM(A1) {SCRIPT}"),
        ReportRow("\t=2", "failed", "\r\n-3"),
        ReportRow("+4\0\x1b[31m", "needs a look", "＝5", unanswered=["-x"]),
    ]
    html = report_page(SCRIPT, rows)
    assert "<script" not in html and "<img" not in html
    assert "\0" not in html and "\x1b" not in html
    for line in csv.reader(io.StringIO(report_table(rows), newline="")):
        assert not any(value.startswith(tuple("=+-@\t\r\n＝")) for value in line)


def test_the_policy_allows_one_style_sheet_and_nothing_else():
    html = report_page("hw", random_class(10))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(
        r"\sstyle=|<script|<link|<svg[^>]*<style|url\((?!#)|\bsrc=", html.split("</head>")[1]
    )
    assert not re.search(r"""(?:href|src)=["'](?!#)""", html)


@pytest.mark.parametrize(
    "value", ["=1", "+1", "-1", "@x", " =1", "\t1", "\r1", "\n1", "%0A=1", "|x", "＝1", "-"]
)
def test_a_spreadsheet_calculates_nothing(value):
    assert web_page.harmless(value) == "'" + value


@pytest.mark.parametrize("value", [1, -2.5, None, "Ada", "a=1", "3", "", "Müller-Lüdenscheidt"])
def test_harmless_values_stay(value):
    assert web_page.harmless(value) == value


def outcome_of(student, state="graded", earned=2.0, reason=""):
    """An outcome for the tiny course's assignment."""
    status = "passed" if earned == 2.0 else "failed"
    cells = [
        CellResult(
            "test_answer", status, 2.0, earned, "" if status == "passed" else "answer is no 42.", "First", 1.0
        ),
        CellResult("test_part", "passed", 4.0, 1.0, "", "First"),
    ]
    cells += [
        CellResult(name, "manual", points, None)
        for name, points in (("program", 3), ("essay", 5), ("task", 1))
    ]
    notebooks = [
        NotebookOutcome("first", cells, {}, ["program"]),
        NotebookOutcome("second", [CellResult("test_other", "passed", 1.0, 1.0)]),
    ]
    return Outcome(
        student, "ps1", state, reason, [], [] if state == "rejected" else notebooks, 12.5, 300 * 2**20
    )


def test_a_report_of_a_real_gradebook(tiny_course):
    course = open_course(tiny_course)
    assignment, queue = read_assignment(course, "ps1"), work_queue.Queue(course)
    for student in ("ada", "bob", "cy", "dee", "eve"):
        (tiny_course / "submitted" / student / "ps1").mkdir(parents=True)
    queue.add_all("ps1", dict.fromkeys(["ada", "bob", "cy", "dee"], "f"), assignment.version)
    outcomes = [
        outcome_of("ada"),
        outcome_of("bob", earned=0.0),
        outcome_of("cy", "rejected", reason="Cut short."),
    ]
    for outcome in outcomes:
        gradebook.record(course, outcome, assignment, queue.lease("w", 60, "ps1", [outcome.student]))
    queue.failed(queue.lease("w", 60, "ps1"), "The disk is full.")
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url, "tiny") as database:
        database.add_student("fay")

    rows = {row.student: row for row in gather(course, "ps1")}
    assert {name: row.state for name, row in rows.items()} == {
        "ada": "graded",
        "bob": "graded",
        "cy": "rejected",
        "dee": "failed",
        "eve": "waiting",
        "fay": "nothing handed in",
    }
    assert (rows["ada"].score, rows["ada"].points, rows["ada"].by_hand) == (4.0, 16.0, True)
    assert (rows["bob"].score, rows["ada"].seconds, rows["ada"].unanswered) == (2.0, 12.5, ["program"])
    assert (rows["cy"].reason, rows["dee"].reason) == ("Cut short.", "The disk is full.")
    page, table = write_report(course, "ps1")
    assert page == tiny_course / "reports" / "ps1" / "report.html"
    assert "answer is no 42." in page.read_text(encoding="utf-8")
    lines = list(csv.DictReader(table.open(encoding="utf-8", newline="")))
    assert [line["student"] for line in lines] == ["ada", "bob", "cy", "dee", "eve", "fay"]
    assert lines[1]["first/test_answer"] == "0.0"
    write_report(course, "ps1", tiny_course / "elsewhere")
    assert sorted(path.name for path in (tiny_course / "elsewhere").iterdir()) == [
        "report.csv",
        "report.html",
    ]


def test_drawing_leaves_matplotlibs_settings_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    report_page("hw", random_class(10))
    assert dict(matplotlib.rcParams) == before
    from matplotlib import pyplot

    assert pyplot.get_fignums() == []
