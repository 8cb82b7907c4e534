"""What became of an assignment's submissions: a page and a table for the instructor."""

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from coursepkg.grading.outcome import GRADED, NEEDS_A_LOOK, REJECTED
from coursepkg.grading.web_page import csv_text, drawing, page, table, write_whole

FAILED, WAITING, NOTHING = "failed", "waiting", "nothing handed in"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
SLOWEST, MOST_BARS = 10, 12


@dataclass(frozen=True)
class ReportRow:
    """One student's line in a report.

    Attributes:
        student: str, the student's id.
        state: str: `"graded"`, `"rejected"`, `"needs a look"`, `"failed"` (the grader could not), `"waiting"`
            or `"nothing handed in"`.
        reason: str, why; empty for a graded submission.
        score: float, points with manual grading, extra credit and late penalty, or `None` without a grade.
        penalty: float, what lateness cost.
        points: float, what the assignment is worth.
        seconds: float, how long grading took, or `None`.
        peak_memory: float, bytes, or `None`.
        cells: dict from notebook and grade_id to `CellResult`.
        unanswered: list of str, grade_ids of answers left as they were released.
        by_hand: bool, whether a person has still to grade a cell.
    """

    student: str
    state: str
    reason: str = ""
    score: float | None = None
    penalty: float = 0.0
    points: float = 0.0
    seconds: float | None = None
    peak_memory: float | None = None
    cells: dict = field(default_factory=dict)
    unanswered: list = field(default_factory=list)
    by_hand: bool = False


@dataclass(frozen=True)
class CheckSummary:
    """How a class did on one graded cell.

    Attributes:
        name: str, the cell's grade_id.
        heading: str, what it stands under.
        points: float.
        tried: int, how many submissions it was graded in.
        lost: int, how many of them did not get all its points.
        not_written: int, how many of these had not written the answer.
        message: str, what the check said most often to the others.
        message_count: int, how often; messages that differ in numbers only count as one.
    """

    name: str
    heading: str
    points: float
    tried: int
    lost: int
    not_written: int
    message: str
    message_count: int


def write_report(course, assignment, out=None):
    """Writes `report.html` and `report.csv` about an assignment.

    Args:
        course: `Course`.
        assignment: str, the assignment's name.
        out: path of a folder, or `None` for `reports/<assignment>/` in the course folder.

    Returns:
        Tuple of the two paths.

    Raises:
        GradebookProblem: if the gradebook does not know the assignment.
        OutputProblem: if the folder cannot be written.
    """
    from pathlib import Path

    folder = Path(out) if out is not None else course.root / "reports" / assignment
    rows = gather(course, assignment)
    write_whole(folder / "report.html", report_page(assignment, rows))
    write_whole(folder / "report.csv", report_table(rows))
    return folder / "report.html", folder / "report.csv"


def gather(course, assignment):
    """Collects what gradebook, queue and folders know of an assignment.

    Args:
        course: `Course`.
        assignment: str, the assignment's name.

    Returns:
        List of `ReportRow`, one for each student that any of them knows, ordered by id.

    Raises:
        GradebookProblem: if the gradebook does not know the assignment.
    """
    from coursepkg.grading import gradebook, work_queue

    totals = {total.student: total for total in gradebook.totals(course, [assignment])}
    queued = {row.student: row for row in work_queue.rows(course, assignment)}
    outcomes = work_queue.outcomes(course, assignment)
    submitted = {submission.student for submission in course.submitted(assignment)}
    return [
        _row(name, totals.get(name), queued.get(name), outcomes.get(name), name in submitted)
        for name in sorted(totals.keys() | queued.keys() | submitted)
    ]


def _row(student, total, queued, outcome, submitted):
    from coursepkg.grading import work_queue

    recorded = total is not None and total.submitted
    if queued is None:  # graded by stock nbgrader, not graded yet, or not there
        state, reason = GRADED if recorded else WAITING if submitted else NOTHING, ""
    elif queued.state == work_queue.DONE:
        state, reason = queued.verdict or GRADED, queued.reason
    else:
        state, reason = (FAILED if queued.state == work_queue.FAILED else WAITING), queued.reason
    finished = state in (GRADED, REJECTED, NEEDS_A_LOOK)
    notebooks = outcome.notebooks if outcome and finished else []
    return ReportRow(
        student,
        state,
        reason,
        total.score if recorded and finished else None,
        total.penalty if recorded else 0.0,
        total.max_score if total else 0.0,
        queued.seconds if queued and finished else None,
        queued.peak_memory if queued and finished else None,
        {(notebook.name, cell.grade_id): cell for notebook in notebooks for cell in notebook.cells},
        [name for notebook in notebooks for name in notebook.unanswered],
        bool(total and total.needs_manual),
    )


def summarise_checks(rows):
    """Says for each graded cell how many submissions lost points on it, and what it said most often.

    Args:
        rows: list of `ReportRow`.

    Returns:
        List of `CheckSummary`, the cell that cost most submissions points first. Cells that a person
        grades are left out.
    """
    results = {}
    for row in rows:
        if row.state == GRADED or (row.state == NEEDS_A_LOOK and row.cells):
            for key, cell in row.cells.items():
                if cell.status != "manual":
                    results.setdefault(key, []).append(cell)
    found = [_summarise(name, cells) for (_, name), cells in results.items()]
    return sorted(found, key=lambda check: -check.lost)  # stable: else in the order of the assignment


def _summarise(name, cells):
    lost = [
        cell
        for cell in cells
        if (cell.earned or 0.0) < cell.points or cell.status not in ("passed", "partial")
    ]
    said = [cell.message for cell in lost if cell.status != "not written" and cell.message]
    alike = Counter(NUMBER.sub("#", message) for message in said)
    common, count = alike.most_common(1)[0] if alike else ("", 0)
    example = next((message for message in said if NUMBER.sub("#", message) == common), "")
    not_written = sum(cell.status == "not written" for cell in lost)
    return CheckSummary(
        name, cells[0].heading, cells[0].points, len(cells), len(lost), not_written, example, count
    )


def report_table(rows):
    """Writes the report's table, one line a student, with a column for each graded cell.

    Args:
        rows: list of `ReportRow`.

    Returns:
        str, CSV.
    """
    keys = list(dict.fromkeys(key for row in rows for key in row.cells))
    several = len({notebook for notebook, _ in keys}) > 1
    columns = ["student", "state", "reason", "score", "points", "late_penalty", "seconds", "peak_memory_mib"]
    columns += ["to_grade_by_hand", "unanswered"]
    columns += [f"{notebook}/{name}" if several else name for notebook, name in keys]
    lines = []
    for row in rows:
        earned = [row.cells[key].earned if key in row.cells else None for key in keys]
        memory = None if row.peak_memory is None else round(row.peak_memory / 2**20)
        seconds = None if row.seconds is None else round(row.seconds, 2)
        by_hand, unanswered = "yes" if row.by_hand else "", " ".join(row.unanswered)
        start = [row.student, row.state, row.reason, row.score, row.points, row.penalty, seconds, memory]
        lines.append([*start, by_hand, unanswered, *earned])
    return csv_text(columns, lines)


def report_page(assignment, rows):
    """Writes the report's page.

    Args:
        assignment: str, the assignment's name.
        rows: list of `ReportRow`; may be empty.

    Returns:
        str, HTML that needs no other file.
    """
    import matplotlib

    from coursepkg import plotting

    checks = summarise_checks(rows)
    with matplotlib.rc_context():
        plotting.use_style()
        body = [*_overview(rows), *_scores(rows), *_lists(rows, (REJECTED, NEEDS_A_LOOK, FAILED))]
        body += [*_checks(checks), *_exercises(rows), *_slowest(rows), *_lists(rows, (WAITING, NOTHING))]
    return page(f"Report: {assignment}", body)


def _overview(rows):
    counts = Counter(row.state for row in rows)
    order = (GRADED, REJECTED, NEEDS_A_LOOK, FAILED, WAITING, NOTHING)
    if not rows:
        return ["<p>Neither the gradebook nor the folder of submissions knows a student yet.</p>"]
    by_hand = sum(row.by_hand for row in rows)
    remark = f"<p>{by_hand:,} of them hold cells that a person has still to grade.</p>" if by_hand else ""
    states = [(state, f"{counts[state]:,}") for state in order if counts[state]]
    return [table(["Submissions", "#Students"], states), remark]


def _scores(rows):
    scores = np.array([row.score for row in rows if row.score is not None and row.state == GRADED], float)
    worth = max((row.points for row in rows), default=0.0)
    if not len(scores) or not worth > 0:
        return ["<h2>Scores</h2>", "<p>There are no scores yet.</p>"]
    from coursepkg import plotting

    most = max(worth, float(scores.max()))
    figure, axes = plotting.figure()
    counts, edges = np.histogram(scores, bins=min(20, max(5, round(most))), range=(0, most))
    axes.bar(
        edges[:-1], counts, np.diff(edges), align="edge", color=plotting.COLOURS["rnn"], edgecolor="white"
    )
    median = float(np.median(scores))
    axes.axvline(median, color=plotting.COLOURS["data"], linestyle=(0, (4, 2)))
    right = median > most / 2
    axes.annotate(
        f"median {median:g}",
        (median, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(-5 if right else 5, -2),
        textcoords="offset points",
        ha="right" if right else "left",
        va="top",
    )
    axes.set(xlabel=f"points of {worth:g}", ylabel="students", title="How the points are spread")
    axes.set_ylim(0, counts.max() * 1.15)
    axes.yaxis.get_major_locator().set_params(integer=True)
    quarter, three_quarters = np.percentile(scores, [25, 75])
    words = (
        f"{len(scores):,} graded submissions: half of them have at least {median:g} of {worth:g} points, a "
        f"quarter at most {quarter:g}, a quarter at least {three_quarters:g}. The lowest score is "
        f"{scores.min():g}, the highest {scores.max():g}, the mean {scores.mean():.3g}."
    )
    alt = f"Histogram of the points of {len(scores):,} submissions. {words.split(': ', 1)[1]}"
    return ["<h2>Scores</h2>", drawing(figure, alt, words, "scores")]


def _checks(checks):
    failing = [check for check in checks if check.lost]
    if not checks:
        return []
    if not failing:
        return ["<h2>Checks</h2>", "<p>Every check passed in every graded submission.</p>"]
    from coursepkg import plotting

    shown = failing[:MOST_BARS]
    figure, axes = plotting.figure(height=0.9 + 0.36 * len(shown))
    values = {str(place): 100 * check.lost / check.tried for place, check in enumerate(shown)}
    colours = dict.fromkeys(values, "lstm")
    plotting.bars(axes, values, colours, "{:.0f}", xlabel="% of submissions that lost points")
    axes.set_yticklabels([_shorten(check.name.removeprefix("test-"), 26) for check in shown])
    axes.set_title("Where points are lost")
    first = shown[0]
    alt = "Bars, longest first: " + "; ".join(
        f"{check.name} {100 * check.lost / check.tried:.0f} %" for check in shown
    )
    caption = (
        f"{first.name} cost most submissions points: {first.lost:,} of {first.tried:,}. "
        "A check that nearly everybody fails may be asking for something that the text does not say."
    )
    columns = ["Check", "#Points", "#Lost points", "#Not written", "What it said most often", "#How often"]
    lines = [
        (
            c.name,
            f"{c.points:g}",
            f"{c.lost:,} of {c.tried:,}",
            f"{c.not_written:,}",
            _shorten(c.message, 300),
            c.message_count,
        )
        for c in failing
    ]
    return ["<h2>Checks</h2>", drawing(figure, alt, caption, "checks"), table(columns, lines)]


def _exercises(rows):
    earned, worth = Counter(), Counter()
    for row in rows:
        if row.state == GRADED:
            for cell in row.cells.values():
                if cell.status != "manual":
                    earned[cell.heading] += cell.earned or 0.0
                    worth[cell.heading] += cell.points
    lines = [
        (heading or "(no heading)", f"{100 * earned[heading] / worth[heading]:.0f} %")
        for heading in worth
        if worth[heading]
    ]
    return ["<h2>Exercises</h2>", table(["Exercise", "#Points earned"], lines)] if lines else []


LISTS = {
    REJECTED: ("Rejected", "These could not be graded. Each student finds the reason in the feedback."),
    NEEDS_A_LOOK: ("To look at", "These were graded as far as possible; a person decides about the rest."),
    FAILED: (
        "Failed",
        "Here the grader itself failed. Read the reason, and grade again.",
    ),
    WAITING: ("Waiting", "These were handed in and have no grade yet."),
    NOTHING: ("Nothing handed in", "The gradebook knows these students, and there is no submission."),
}


def _lists(rows, states):
    parts = []
    for state in states:
        found = [row for row in rows if row.state == state]
        if found:
            columns = ["Student", "Reason"] if any(row.reason for row in found) else ["Student"]
            lines = [(row.student, row.reason[:600])[: len(columns)] for row in found]
            title, words = LISTS[state]
            parts += [
                f"<h2>{title}</h2>",
                f"<p>{words}</p>",
                table(columns, lines, rest="report.csv has all."),
            ]
    return parts


def _slowest(rows):
    timed = sorted(
        (row for row in rows if row.seconds is not None), key=lambda row: (-row.seconds, row.student)
    )
    if not timed:
        return []
    lines = []
    for row in timed[:SLOWEST]:
        slow = max(row.cells.values(), key=lambda cell: cell.seconds, default=None)
        memory = "" if row.peak_memory is None else f"{row.peak_memory / 2**20:,.0f}"
        cell = f"{slow.grade_id} ({slow.seconds:.1f} s)" if slow and slow.seconds > 0 else ""
        lines.append((row.student, f"{row.seconds:.1f}", memory, cell))
    middle = float(np.median([row.seconds for row in timed]))
    words = f"<p>The middle one of {len(timed):,} submissions took {middle:.1f} s.</p>"
    columns = ["Student", "#Seconds", "#Most memory (MiB)", "Slowest graded cell"]
    return ["<h2>The slowest submissions</h2>", words, table(columns, lines)]


def _shorten(text, most):
    return text if len(text) <= most else text[: most - 1] + "…"
