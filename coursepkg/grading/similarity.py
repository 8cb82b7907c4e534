"""Answers that are more alike than chance would have it, for a person to look at."""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from coursepkg.grading import winnowing
from coursepkg.grading.borrowed import READY_MADE, find_borrowed, names_of, names_shown
from coursepkg.grading.planned_cells import kind_of
from coursepkg.grading.web_page import csv_text, escape, page, table, write_whole

LEAST = 12.0  # of a pair's score: about four lines that nobody else in the class has
MOST_PAIRS = 100
NO_NAME = "cell {}"


HUMILITY = """
<p><strong>This page finds where to look. It does not say who copied, or that anybody did.</strong>
Answers of a few lines look alike because there are few ways to write them. Before you speak to anyone,
read both texts: odd choices, the same mistake and the same wrong turn say more than any number here.
Work in pairs that your rules allow, a common source and a copied web page look the same as copying from
each other.</p>
<details><summary>What the numbers mean</summary>
<p>Comments, layout, docstrings, numbers, strings and the names that students choose are taken away, so
renaming and reordering change nothing. Of what is left, short runs of {run} tokens, roughly a line of
code, are compared (winnowing, Schleimer, Wilkerson and Aiken 2003); any {surely} tokens in common are
found. The released notebook, tests and locked cells do not count.</p>
<p>Each run that two answers share weighs 1 if nobody else has it, less the more answers hold it, and
nothing if more than half of them do: that is how one writes this answer, or an answer that most of the
class shares, which no comparison within the class can find. <em>Unusual in common</em> is the sum of
these weights. <em>Share</em> is that sum as a part of everything unusual in the answer that has less of
it: 100 % means that whatever sets the one apart is in the other too. The <em>score</em>, by which pairs
are ordered, is their product. Pairs from {least:g} are listed, about four lines that nobody else has.
Scores of different assignments or classes do not compare: long assignments and small classes have
higher ones.</p>
<p>Not found: text that was thoroughly rewritten, a solution that each student took from somewhere else
in another form, written answers, and pictures.</p></details>"""


@dataclass
class Written:
    """What students wrote for an assignment, and what they were given.

    Attributes:
        students: dict from student to a dict from the name of a cell to its code.
        given: list of str, the code of the release: tests, locked cells, answers before anybody wrote them.
        shown: list of str, the part of it that is neither tests nor answers.
        order: list of str, the names of the answers in the order of the assignment.
        left_out: list of tuples of a student and the reason why nothing of theirs is compared.
    """

    students: dict = field(default_factory=dict)
    given: list = field(default_factory=list)
    shown: list = field(default_factory=list)
    order: list = field(default_factory=list)
    left_out: list = field(default_factory=list)


def write_similarity(course, assignment, out=None, least=LEAST, most=MOST_PAIRS, ready_made=READY_MADE):
    """Writes `similarity.html`, `similarity.csv` and `borrowed.csv` about an assignment's submissions.

    Args:
        course: `Course`.
        assignment: str, the assignment's name.
        out: path of a folder, or `None` for `reports/<assignment>/` in the course folder.
        least: float, the score from which a pair is listed.
        most: int, how many pairs are listed at most.
        ready_made: tuple of dotted names; an answer that uses one of them is listed as borrowed.

    Returns:
        Tuple of the three paths.

    Raises:
        AssignmentProblem: if the assignment does not exist, or the gradebook holds another version of it.
        OutputProblem: if the folder cannot be written.
    """
    from coursepkg.grading.plan import read_assignment

    folder = Path(out) if out is not None else course.root / "reports" / assignment
    written = read_written(course.submitted(assignment), read_assignment(course, assignment))
    known = winnowing.known_runs(written.given)
    answers = {name: winnowing.read_answer(cells, known) for name, cells in written.students.items()}
    comparison = winnowing.compare(answers, least, most)
    names, shown = names_of(written.given), names_shown(written.shown)
    uses = [
        (student, use)
        for student, cells in written.students.items()
        for use in find_borrowed(cells, names, ready_made, shown)
    ]
    html = similarity_page(assignment, written, answers, comparison, uses, least)
    write_whole(folder / "similarity.html", html)
    write_whole(folder / "similarity.csv", pairs_table(comparison))
    write_whole(folder / "borrowed.csv", borrowed_table(uses))
    return folder / "similarity.html", folder / "similarity.csv", folder / "borrowed.csv"


def read_written(submissions, assignment):
    """Collects the code that students wrote.

    Args:
        submissions: list of `Submission`.
        assignment: `plan.Assignment`.

    Returns:
        `Written`.
    """
    from coursepkg.grading.intake import admit
    from coursepkg.grading.outcome import Rejected

    written, several = Written(), len(assignment.notebooks) > 1
    kinds = {}
    for name, notebook in assignment.notebooks.items():
        for cell in notebook.cells:
            if cell.cell_type == "code":
                written.given.append(cell.source)
                kind = kind_of(cell)
                if kind in ("", "locked"):
                    written.shown.append(cell.source)
                if kind:
                    kinds[name, cell.metadata.nbgrader.grade_id] = kind
    for notebook in assignment.released.values():
        written.given += [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    answers = [key for key, kind in kinds.items() if kind in ("solution", "manual")]
    written.order = [f"{notebook}/{name}" if several else name for notebook, name in answers]
    plain = {_without_space(source) for source in written.given}
    for submission in submissions:
        problem = submission.problem
        try:
            admitted = None if problem else admit(submission.folder, assignment)
        except Rejected as rejected:
            problem = str(rejected)
        if problem:
            written.left_out.append((submission.student, problem))
            continue
        cells = {}
        for name, notebook in admitted.notebooks.items():
            for place, cell in enumerate(notebook.cells, 1):
                grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
                kind = kinds.get((name, grade_id), "")
                # The grader puts the originals of tests and locked cells back.
                if cell.cell_type != "code" or kind in ("test", "locked"):
                    continue
                if _without_space(cell.source) in plain:
                    continue
                key = grade_id if kind else NO_NAME.format(place)
                key = f"{name}/{key}" if several else key
                cells[key if key not in cells else f"{key} ({place})"] = cell.source
        written.students[submission.student] = cells
    return written


def _without_space(source):
    return "".join(source.split())


def pairs_table(comparison):
    """Writes the pairs as CSV.

    Args:
        comparison: `winnowing.Comparison`.

    Returns:
        str.
    """
    columns = ["first", "second", "score", "unusual_fingerprints_in_common", "share_percent"]
    return csv_text(
        columns,
        [
            (p.first, p.second, round(p.score, 1), round(p.amount, 1), round(100 * p.share))
            for p in comparison.pairs
        ],
    )


def borrowed_table(uses):
    """Writes what was borrowed as CSV.

    Args:
        uses: list of tuples of a student and a `borrowed.Use`.

    Returns:
        str.
    """
    columns = ["student", "cell", "line", "name", "code"]
    return csv_text(columns, [(student, use.cell, use.line, use.name, use.code) for student, use in uses])


def similarity_page(assignment, written, answers, comparison, uses, least=LEAST):
    """Writes the page.

    Args:
        assignment: str, the assignment's name.
        written: `Written`.
        answers: dict from student to `winnowing.Answer`.
        comparison: `winnowing.Comparison`.
        uses: list of tuples of a student and a `borrowed.Use`.
        least: float, the score from which pairs were listed.

    Returns:
        str, HTML that needs no other file.
    """
    body = [_explain(comparison, least), *_pairs(comparison), *_borrowed(written, uses)]
    if comparison.pairs:
        body.append("<h2>Side by side</h2>")
    for number, pair in enumerate(comparison.pairs, 1):
        body.append(_side_by_side(number, pair, answers, comparison, written.order))
    left_out = written.left_out + [
        (student, f"Only the first {winnowing.MOST_TOKENS:,} tokens were compared.")
        for student, answer in answers.items()
        if answer.cut
    ]
    if left_out:
        body += ["<h2>Not compared</h2>", table(["Student", "Reason"], left_out)]
    return page(f"Similarity: {assignment}", body)


def _explain(comparison, least):
    surely = winnowing.RUN + winnowing.WINDOW - 1
    text = HUMILITY.format(run=winnowing.RUN, surely=surely, least=least)
    if comparison.count:
        half, most, nearly_all = (comparison.typical[part] for part in (0.5, 0.99, 0.999))
        text += (
            f"<p>{comparison.count:,} pairs were compared. Half of them score at most {half}, 99 in 100 at "
            f"most {most}, 999 in 1,000 at most {nearly_all}. A pair is remarkable where it stands far above "
            "these.</p>"
        )
    return text


def _pairs(comparison):
    if not comparison.pairs:
        return ["<h2>Pairs</h2>", "<p>No pair of answers is remarkably alike.</p>"]
    more = comparison.above - len(comparison.pairs)
    columns = ["First", "Second", "#Score", "#Unusual in common", "#Share"]
    lines = [
        (p.first, p.second, f"{p.score:.0f}", f"{p.amount:.0f}", f"{100 * p.share:.0f} %")
        for p in comparison.pairs
    ]
    words = f"<p>{more:,} more pairs lie above the threshold.</p>" if more > 0 else ""
    return ["<h2>Pairs</h2>", table(columns, lines, most=len(lines)), words]


def _borrowed(written, uses):
    words = (
        "<p>These lines name something that the course's package or a library has ready and the assignment "
        "asks students to write. Some only compare their own work with it: read the line. Names that are put "
        "together from pieces are not found.</p>"
    )
    if not uses:
        return ["<h2>Borrowed</h2>", "<p>No answer uses what it should have written.</p>"]
    lines = [
        (student, use.cell + ("" if use.cell in written.order else " (added)"), use.line, use.name, use.code)
        for student, use in uses
    ]
    columns = ["Student", "Cell", "#Line", "Uses", "Code"]
    return ["<h2>Borrowed</h2>", words, table(columns, lines, most=500, rest="borrowed.csv has all.")]


def _side_by_side(number, pair, answers, comparison, order):
    first, second = answers[pair.first], answers[pair.second]
    shared = set(first.fingerprints.tolist()) & set(second.fingerprints.tolist()) & comparison.shared
    places = [
        {name: winnowing.mark(code, shared) for name, code in one.cells.items()} for one in (first, second)
    ]
    names = [
        name for name in dict.fromkeys([*first.cells, *second.cells]) if any(p.get(name) for p in places)
    ]
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    parts = []
    for name in names:
        sides = ""
        for student, one, place in zip((pair.first, pair.second), (first, second), places, strict=True):
            text = "no such cell"
            if name in one.cells:
                text = f'<pre tabindex="0">{_marked(one.cells[name], place[name])}</pre>'
            sides += f"<div>{escape(student)}: {text}</div>"
        parts.append(f'<h3>{escape(name)}</h3><div class="sides">{sides}</div>')
    title = f"{number}. {escape(pair.first)} and {escape(pair.second)}: score {pair.score:.0f}"
    return f"<details><summary>{title}</summary>{''.join(parts)}</details>"


def _marked(code, passages):
    code = code[: winnowing.MOST_CHARACTERS]
    edges = [0, *(place for passage in passages for place in passage), len(code)]
    pieces = [escape(code[start:end]) for start, end in pairwise(edges)]
    return "".join(f"<mark>{piece}</mark>" if place % 2 else piece for place, piece in enumerate(pieces))
