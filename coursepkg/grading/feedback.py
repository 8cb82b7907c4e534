"""The page that a student reads after grading, and the one that says why something was not graded.

Everything in it may hold what strangers wrote: it is escaped or cleaned here, the page carries no scripts,
and its policy lets a browser load nothing and run nothing.
"""

import base64
import hashlib
import html
import math
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from coursepkg.grading.outcome import NEEDS_A_LOOK
from coursepkg.grading.plain_text import printed
from coursepkg.grading.planned_cells import without_hidden_tests
from coursepkg.grading.rebuilding import HEADING
from coursepkg.grading.safe_cells import SIGNATURES, harmless_outputs, picture_of

NOT_GRADED = "<!-- not graded -->"  # how such a page is told from feedback
WORDS = {
    "passed": "✓ Passed",
    "partial": "◐ Passed in part",
    "failed": "✗ Failed",
    "not written": "– Not written",
    "error": "✗ Error",
    "too slow": "✗ Too slow",
    "stopped": "✗ Stopped",
    "not run": "– Not run",
    "manual": "… Waits for a person",
    "by hand": "● Graded by a person",
}
LOOKS = {"passed": "good", "partial": "good", "manual": "", "by hand": "", "not run": "", "not written": ""}
MAX_CODE = 100_000  # characters of one cell
MAX_PAGE = 20_000_000  # characters of a page; what comes after it is left out
MAX_MARKDOWN = 20_000  # characters of a text that is laid out; a longer one is shown as it was typed
TAGS = {
    "p",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "em",
}
TAGS |= {"strong", "del", "table", "thead", "tbody", "tr", "th", "td", "a", "img"}


@dataclass
class Grade:
    """What one cell earned, as its student reads it.

    Attributes:
        name: str, the cell's grade_id.
        status: str, one of `CELL_STATUSES`, or `"by hand"`.
        points: float, what it is worth.
        earned: float, or `None` where a person decides.
        message: str.
        comment: str, by a person.
    """

    name: str
    status: str
    points: float
    earned: float | None
    message: str = ""
    comment: str = ""


@dataclass
class Feedback:
    """All that a feedback page tells.

    Attributes:
        title: str, the notebook's name.
        student: str, the student's id.
        assignment: str, the assignment's name.
        notebook: dict, the graded notebook with outputs.
        grades: dict from the name of a cell to its `Grade`.
        comments: dict from the name of a cell to what a person wrote about it.
        unanswered: collection of names of answers left as they were released.
        notes: list of str, about what was handed in.
        state: str, the outcome's state.
        reason: str, why a person is to look at it.
        penalty: float, points taken off for lateness.
        show_hidden: bool, whether hidden tests are shown.
    """

    title: str
    student: str
    assignment: str
    notebook: dict
    grades: dict = field(default_factory=dict)
    comments: dict = field(default_factory=dict)
    unanswered: tuple = ()
    notes: list = field(default_factory=list)
    state: str = ""
    reason: str = ""
    penalty: float = 0.0
    show_hidden: bool = False


def feedback_page(feedback):
    """Writes the page that a student reads.

    Args:
        feedback: `Feedback`.

    Returns:
        str, a whole page of HTML that needs nothing else.
    """
    grades = list(feedback.grades.values())
    earned = sum(grade.earned or 0.0 for grade in grades)
    points = sum(grade.points for grade in grades)
    score = max(0.0, earned - feedback.penalty)
    body = [
        f"<header><h1>{text(feedback.title)}</h1>",
        f'<p class="quiet">Assignment {text(feedback.assignment)}, handed in by {text(feedback.student)}</p>',
        f'<p class="total">{_number(score)} of {_points(points)}</p>',
    ]
    waiting = sum(grade.earned is None for grade in grades)
    if feedback.penalty:
        body.append(
            f"<p>{_number(earned)} were earned; {_number(feedback.penalty)} are taken off for lateness.</p>"
        )
    if waiting:
        body.append(
            f"<p>{waiting} answer{'s' * (waiting != 1)} still wait{'s' * (waiting == 1)} to be graded by a "
            f"person and count{'s' * (waiting == 1)} 0 until then.</p>"
        )
    if feedback.state == NEEDS_A_LOOK or feedback.reason:
        body.append(f'<p class="comment">A person will look at this. {text(feedback.reason)}</p>')
    body.append("</header>")
    if feedback.notes:
        items = "".join(f"<li>{text(note)}</li>" for note in feedback.notes)
        body.append(f"<section><h2>About what you handed in</h2><ul>{items}</ul></section>")
    sections = _sections(feedback)
    body.append(_overview(sections, feedback))
    size = 0
    for number, section in enumerate(sections, 1):
        block = _section(section, number, feedback) if size < MAX_PAGE else ""
        size += len(block)
        body.append(block)
    title = f"{feedback.title} (Score: {score} / {points})"
    return _page(title, "\n".join(part for part in body if part))


def rejection_page(name, reason, notes=()):
    """Writes the page of a submission that could not be graded.

    Args:
        name: str, the notebook's file name.
        reason: str, for its owner.
        notes: list of str, what else is to be known.

    Returns:
        str, a whole page of HTML.
    """
    items = "".join(f"<li>{text(note)}</li>" for note in notes)
    body = [
        f"<header><h1>{text(name)} was not graded</h1></header>",
        f'<p class="comment">{text(reason)}</p>',
        f"<ul>{items}</ul>" if items else "",
        f"<p>Put it right and hand the notebook in again. <code>coursepkg check {text(name)}</code> shows "
        "beforehand whether it can be graded.</p>",
    ]
    return _page(f"Not graded: {name}", "\n".join(part for part in body if part), mark=NOT_GRADED)


def text(value, most=MAX_CODE):
    """Escapes a text for HTML, whatever it holds.

    Args:
        value: str.
        most: int, the number of characters shown.

    Returns:
        str, HTML.
    """
    return html.escape(printed(str(value), most), quote=True)


@cache
def _style():
    style = resources.files("coursepkg.grading").joinpath("feedback.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # Nothing runs, nothing is sent, nothing is loaded but pictures that the page itself holds.
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    return style, policy


def _page(title, body, mark=""):
    style, policy = _style()
    return (
        "<!doctype html>\n"
        f'{mark}<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{text(title, 300)}</title>\n<style>{style}</style></head>\n"
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _number(value):
    return f"{value:g}" if math.isfinite(value) else "?"


def _points(value):
    return f"{_number(value)} point{'' if value == 1 else 's'}"


@dataclass
class _Section:
    """The cells under one heading of the assignment: pairs of what a cell is and the cell."""

    heading: str
    cells: list = field(default_factory=list)

    def grades(self, feedback):
        return [feedback.grades[_name(cell)] for _, cell in self.cells if _name(cell) in feedback.grades]


def _metadata(cell):
    metadata = cell.get("metadata")
    metadata = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def _name(cell):
    return str(_metadata(cell).get("grade_id", ""))


def _sections(feedback):
    sections = [_Section("")]
    for cell in feedback.notebook.get("cells", []):
        kind = _kind(cell, feedback)
        if kind == "statement":
            titles = HEADING.findall(cell.get("source", ""))
            if titles:
                sections.append(_Section(titles[-1]))
        elif kind:
            sections[-1].cells.append((kind, cell))
    return [section for section in sections if section.cells]


def _kind(cell, feedback):
    metadata = _metadata(cell)
    if _name(cell) in feedback.grades:
        return "answer" if metadata.get("solution") else "test" if cell.get("cell_type") == "code" else "task"
    if metadata.get("solution"):
        return "answer"
    if metadata.get("locked") or metadata.get("grade"):
        outputs = harmless_outputs(cell.get("outputs"))
        return "locked" if any(output["output_type"] == "error" for output in outputs) else ""
    if cell.get("cell_type") == "markdown" and not str(cell.get("id", "")).startswith("added-"):
        return "statement"
    return "own" if str(cell.get("source", "")).strip() else ""


def _overview(sections, feedback):
    rows = []
    for number, section in enumerate(sections, 1):
        grades = section.grades(feedback)
        if grades:
            earned, points = _sum(grades)
            rows.append(
                f'<tr><th scope="row"><a href="#part-{number}">{_heading(section)}</a></th>'
                f"<td>{_summary(grades)}</td>"
                f'<td class="number">{_number(earned)} / {_number(points)}</td></tr>'
            )
    if not rows:
        return ""
    return (
        '<section><h2>At a glance</h2><table><thead><tr><th scope="col">Exercise</th>'
        '<th scope="col">Checks</th><th scope="col" class="number">Points</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></section>"
    )


def _sum(grades):
    return sum(grade.earned or 0.0 for grade in grades), sum(grade.points for grade in grades)


def _heading(section):
    return text(section.heading or "Beginning", 300)


def _summary(grades):
    good = sum(grade.earned is not None and grade.earned >= grade.points for grade in grades)
    waiting = sum(grade.earned is None for grade in grades)
    words = "✓ all right" if good == len(grades) else f"{good} of {len(grades)} right"
    return words + (f", {waiting} not graded yet" if waiting else "")


def _section(section, number, feedback):
    grades = section.grades(feedback)
    earned, points = _sum(grades)
    score = f' <span class="quiet">{_number(earned)} of {_points(points)}</span>' if grades else ""
    blocks = [f'<section id="part-{number}"><h2>{_heading(section)}{score}</h2>']
    perfect = bool(grades) and earned >= points
    for kind, cell in section.cells:
        blocks.append(
            {"answer": _answer, "test": _test, "task": _task, "locked": _locked, "own": _own}[kind](
                cell, feedback, not perfect
            )
        )
    return "\n".join([*blocks, "</section>"])


def _answer(cell, feedback, unfold):
    name = _name(cell)
    note = " (left as it was released)" if name in feedback.unanswered else ""
    block = _details(f"Your answer <code>{text(name, 200)}</code>{note}", _content(cell), unfold)
    grade = feedback.grades.get(name)
    if grade is not None:
        return block + _check(grade, "")
    return block + _comment(feedback.comments.get(name, ""))


def _test(cell, feedback, unfold):
    source = str(cell.get("source", ""))
    visible = source if feedback.show_hidden else without_hidden_tests(source)
    hidden = visible.strip() != source.strip()
    if "HIDDEN TESTS" in visible and not feedback.show_hidden:
        visible, hidden = "", True  # the marks do not pair, so nothing says what may be shown
    note = '<p class="quiet">Parts of this test are not shown.</p>' if hidden else ""
    shown = _code(visible) if visible.strip() else ""
    inner = _details("What the test does", shown + note, False)
    shown = [
        output
        for output in harmless_outputs(cell.get("outputs"))
        if output["output_type"] in ("stream", "display_data")
    ]
    if shown:
        inner += _details("What your code printed meanwhile", _outputs(shown), False)
    return _check(feedback.grades[_name(cell)], inner)


def _task(cell, feedback, unfold):
    return _check(feedback.grades[_name(cell)], "")


def _locked(cell, feedback, unfold):
    return _details(
        f"The cell <code>{text(_name(cell), 200)}</code> of the assignment", _content(cell), unfold
    )


def _own(cell, feedback, unfold):
    return _details("A cell that you added", _content(cell), unfold)


def _details(title, content, unfold):
    return f"<details{' open' if unfold else ''}><summary>{title}</summary>{content}</details>"


def _check(grade, inner):
    look = LOOKS.get(grade.status, "bad")
    earned = "–" if grade.earned is None else _number(grade.earned)
    message = f'<p class="message">{text(grade.message, 5000)}</p>' if grade.message else ""
    return (
        f'<article class="check {look}"><div class="head"><span class="verdict">{WORDS[grade.status]}</span>'
        f"<h3><code>{text(grade.name, 200)}</code></h3>"
        f'<span class="points">{earned} / {_number(grade.points)}</span></div>'
        f"{message}{_comment(grade.comment)}{inner}</article>"
    )


def _comment(comment):
    return f'<p class="comment"><strong>Comment:</strong> {text(comment, 20_000)}</p>' if comment else ""


def _content(cell):
    source = str(cell.get("source", ""))
    if cell.get("cell_type") == "markdown":
        return f'<div class="written">{markdown(source, cell.get("attachments"))}</div>'
    return _code(source) + _outputs(cell.get("outputs", []))


def _code(source):
    # A region that scrolls must be reachable by keyboard.
    return f'<pre tabindex="0"><code>{text(source)}</code></pre>'


def _outputs(outputs):
    return "".join(_output(output) for output in harmless_outputs(outputs))


def _output(output):
    if output["output_type"] == "stream":
        return f'<pre class="output" tabindex="0">{text(output["text"])}</pre>' if output["text"] else ""
    if output["output_type"] == "error":
        lines = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
        return f'<pre class="output" tabindex="0">{text(lines)}</pre>'
    data = output["data"]
    for kind in SIGNATURES:
        if kind in data:
            return f'<img alt="A picture that your code drew" src="data:{kind};base64,{data[kind]}">'
    return f'<pre class="output" tabindex="0">{text(data.get("text/plain", ""))}</pre>'


def markdown(source, attachments=None):
    """Lays out a text in Markdown and takes everything out that could load or run something.

    Args:
        source: str, Markdown.
        attachments: dict of attached pictures as nbformat has them, or `None`.

    Returns:
        str, HTML of a few harmless tags.
    """
    if len(source) > MAX_MARKDOWN:
        return f"<pre>{text(source)}</pre>"
    import nh3
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        """Shows the words of a picture that is not attached, where nbconvert gives up."""

        def image(self, words, url, title=None):
            missing = url.startswith("attachment:") and url.removeprefix("attachment:") not in pictures
            return text(words) if missing else super().image(words, url, title)

    pictures = {}
    for name, bundle in (attachments if isinstance(attachments, dict) else {}).items():
        for kind, content in (bundle if isinstance(bundle, dict) else {}).items():
            if isinstance(content, str) and picture_of(kind, content):
                pictures[name] = {kind: picture_of(kind, content)}
    try:
        renderer = Renderer(escape=True, exclude_anchor_links=True, attachments=pictures)
        laid_out = MarkdownWithMath(renderer=renderer).render(printed(source))
    except Exception:  # of a text made to break the reader, RecursionError included
        return f"<pre>{text(source)}</pre>"
    return nh3.clean(
        laid_out,
        tags=TAGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        attribute_filter=_harmless_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )


def _harmless_attribute(tag, name, value):
    if name == "src":
        kind, _, content = value.removeprefix("data:").partition(";base64,")
        return value if value.startswith("data:") and picture_of(kind, content) else None
    if name == "href":
        return value if value.lower().startswith(("http://", "https://", "mailto:")) else None
    return value
