"""Two thousand notebooks that no person would write: every one ends in a grade or in a reason."""

import collections
import copy
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # so that the tests find `hostile_course`

from hostile_course import Attack, course_in, named

from coursepkg.grading.folders import autograded_notebook
from coursepkg.grading.limits import MEBIBYTE, Limits
from coursepkg.grading.outcome import CELL_STATUSES, GRADED, REJECTED, Outcome
from coursepkg.grading.plan import Assignment
from coursepkg.grading.sandbox import DEFAULT_IMPORTS, WarmParent
from coursepkg.grading.session import grade_submission

pytestmark = pytest.mark.sandbox

NOTEBOOKS = 2000
OF_A_REAL_ASSIGNMENT = 60
IMPORTS = tuple(name for name in DEFAULT_IMPORTS if not name.startswith(("keras", "matplotlib")))
LIMITS = Limits(cell_seconds=2, submission_seconds=10, memory=500 * MEBIBYTE, restarts=3, processes=16)
FLAGS = ("grade", "solution", "locked", "task")


def notebook_of(answer):
    cells = [
        nbformat.v4.new_markdown_cell("# Twice (3 points)"),
        named("locked", "set-up", "from coursepkg.checks import check_equal"),
        named("solution", "twice", answer),
        named("test", "test-twice-one", 'check_equal(twice(2), 4, "twice(2)")', 1),
        nbformat.v4.new_code_cell("print(twice(3))"),
        named("test", "test-twice-two", "twice(0.5)", 2),
    ]
    return nbformat.v4.new_notebook(cells=cells)


ASSIGNMENT = Assignment("fuzz", "v1", {"fuzz": notebook_of("raise NotImplementedError()")})
RIGHT = json.loads(json.dumps(notebook_of("def twice(x):\n    return 2 * x")))

# What stands where something else is expected.
text = st.text(st.characters() | st.sampled_from("\x00\ud800\x1b\u202e<&'\"\\`$%!"), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | text
    | st.sampled_from(["twice", "test-twice-one", "code", "markdown", "raw", "", 10**400, -0.0])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)

# Small programs, most of which fail in their own way.
EXPRESSIONS = """
x|2*x|x+x|0|-1|1e308*10|None|True|'a'*x|b'x'|[]|{}|set()|object()|twice|twice(x)|range(9)|...|NotImplemented
float('nan')|10**400|2**63|1j|(i for i in 'ab')|print|type|Exception()|'\\ud800'|'\\0'|open|__name__|iter([])
__import__('numpy').zeros((0,3))|__import__('numpy').float32(4)|__import__('numpy').array([x,None])
get_ipython()|globals()|__builtins__|1/0|undefined|lambda:x|exit()|input()
"""
expressions = st.recursive(
    st.sampled_from(EXPRESSIONS.strip().replace("\n", "|").split("|")),
    lambda inner: st.one_of(
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({},)".format, inner),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("{} if x else {}".format, inner, inner),
        st.builds("{} + {}".format, inner, inner),
        st.builds("str({})".format, inner),
    ),
    max_leaves=4,
)
statements = st.one_of(
    st.builds("def twice(x):\n    return {}".format, expressions),
    st.builds("def twice(*x, **y):\n    raise {}".format, expressions),
    st.builds("def twice(x):\n    yield {}".format, expressions),
    st.builds("async def twice(x):\n    return {}".format, expressions),
    st.builds(
        "class twice:\n    def __init__(self, x): self.x = x\n    def __eq__(self, y): return {}".format,
        expressions,
    ),
    st.builds("twice = {}".format, expressions),
    st.builds("x = {}\nx".format, expressions),
    st.builds("print({})".format, expressions),
    st.builds("check_equal = {}".format, expressions),
    st.sampled_from(
        [
            "%pwd",
            "!true",
            "%%capture\n1/0",
            "?print",
            "%nosuch",
            "%%nosuch\nx",
            "del twice",
            "from math import *",
            "import sys; sys.exit()",
            "await 5",
            "return 5",
            "def twice(x):\nreturn x",
            "    x = 1",
            "x = (((",
            "'''",
            "\tif x:\n  y",
            "raise SystemExit(3)",
            "raise KeyboardInterrupt",
            "import os; os._exit(4)",
        ]
    ),
    text,
)
programs = st.lists(statements, min_size=1, max_size=3).map("\n".join)


@st.composite
def submissions(draw, right=RIGHT):
    """The bytes of a notebook: the right one, changed in a few places."""
    notebook = copy.deepcopy(right)
    for _ in range(draw(st.integers(0, 3))):
        notebook = change(draw, notebook)
    content = json.dumps(notebook, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    return damage(draw, content) if draw(st.integers(0, 3)) == 0 else content


def change(draw, notebook):
    """Changes one thing; once the notebook has no cells any more it stays as it is."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not cells or not all(isinstance(cell, dict) for cell in cells):
        return notebook
    kind = draw(
        st.sampled_from(["program", "program", "program", "cells", "cell", "mark", "notebook", "value"])
    )
    place = draw(st.integers(0, len(cells) - 1))
    cell = cells[place]
    if kind == "program":
        cells[min(2, len(cells) - 1) if draw(st.booleans()) else place]["source"] = draw(programs)
    elif kind == "cells":
        other = draw(st.integers(0, len(cells)))
        taken = copy.deepcopy(cell) if draw(st.booleans()) else cells.pop(place)
        if draw(st.integers(0, 2)):
            cells.insert(other, taken)
    elif kind == "cell":
        keys = ("cell_type", "source", "metadata", "id", "outputs", "execution_count", "attachments", "other")
        cell[draw(st.sampled_from(keys))] = draw(values)
    elif kind == "mark" and isinstance(cell.get("metadata"), dict):
        mark = cell["metadata"].setdefault("nbgrader", {})
        if isinstance(mark, dict):
            keys = ("grade_id", "points", "schema_version", "checksum", *FLAGS)
            mark[draw(st.sampled_from(keys))] = draw(values)
    elif kind == "notebook":
        notebook[draw(st.sampled_from(["cells", "metadata", "nbformat", "nbformat_minor", "x"]))] = draw(
            values
        )
    elif kind == "value" and draw(st.integers(0, 9)) == 0:
        return draw(values)
    return notebook


def damage(draw, content):
    """Changes bytes, as a bad transfer, an editor or another system does."""
    kind = draw(st.sampled_from(["flip", "cut", "insert", "utf-16", "latin-1", "ends", "mark", "twice"]))
    place = draw(st.integers(0, len(content)))
    if kind == "flip":
        return content[:place] + bytes([draw(st.integers(0, 255))]) + content[place + 1 :]
    if kind == "insert":
        return content[:place] + draw(st.binary(max_size=8)) + content[place:]
    if kind in ("utf-16", "latin-1"):
        return content.decode("utf-8", "replace").encode(kind, "replace")
    changed = {"cut": content[:place], "ends": content.replace(b"\\n", b"\\r\\n"), "twice": content + content}
    return changed.get(kind, b"\xef\xbb\xbf" + content)


def grade(contents, folder, assignment=ASSIGNMENT, imports=IMPORTS):
    """Grades notebooks with a warm parent of its own; yields pairs of a notebook and its outcome."""
    folder.mkdir()
    (name,) = assignment.notebooks
    with WarmParent(LIMITS, imports) as parent:
        for content in contents:
            (folder / f"{name}.ipynb").write_bytes(content)
            yield content, grade_submission("eve", assignment, folder, parent, LIMITS)


def check_all(contents, folder, assignment=ASSIGNMENT, imports=IMPORTS):
    """Checks all outcomes and counts their states."""
    states = collections.Counter()
    for content, outcome in grade(contents, folder, assignment, imports):
        states[outcome.state] += 1
        try:
            check(outcome, assignment)
        except Exception as error:
            raise AssertionError(f"{outcome}\n{content!r}") from error
    return states


def test_the_right_notebook_earns_everything(tmp_path):
    ((_, outcome),) = grade([json.dumps(RIGHT).encode()], tmp_path / "right")
    assert outcome.state == GRADED
    earned = [cell.earned for cell in outcome.notebooks[0].cells]
    assert earned == [1.0, 1.0]  # the second gives half its points


def drawn(strategy, count):
    """As many notebooks as asked for, the same ones every time."""
    contents = []

    @settings(max_examples=count, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(content):
        contents.append(content)

    collect()
    assert len(contents) >= count
    return contents


def check_on_both_cores(contents, *arguments, folder):
    with ThreadPoolExecutor(2) as threads:
        halves = [
            threads.submit(check_all, contents[half::2], folder / str(half), *arguments) for half in range(2)
        ]
        states = halves[0].result() + halves[1].result()
    assert states.total() == len(contents)
    return states


def test_every_notebook_ends_in_a_grade_or_a_reason(tmp_path):
    states = check_on_both_cores(drawn(submissions(), NOTEBOOKS), folder=tmp_path)
    # Both were really tried.
    assert states[GRADED] > NOTEBOOKS / 2 and states[REJECTED] > NOTEBOOKS / 20, states


def test_so_does_every_notebook_of_a_real_assignment(tmp_path):
    with course_in(tmp_path) as course:
        honest = Attack.of("eve", "", {})
        honest.whole = False
        assignment, right = course.assignment(honest), course.notebook(honest)
    imports = tuple(name for name in DEFAULT_IMPORTS if name != "keras")
    contents = drawn(submissions(right), OF_A_REAL_ASSIGNMENT)
    states = check_on_both_cores(contents, assignment, imports, folder=tmp_path)
    assert states[GRADED] > len(contents) / 2, states


def check(outcome, assignment):
    """What holds for every outcome, whatever was handed in."""
    (planned,) = assignment.notebooks.values()
    marks = [cell.metadata.get("nbgrader", {}) for cell in planned.cells]
    points = {mark["grade_id"]: mark["points"] for mark in marks if mark.get("grade")}
    told = json.dumps(outcome.to_dict(), ensure_ascii=False, allow_nan=False)
    assert Outcome.from_dict(json.loads(told)) == outcome
    told.encode("utf-8")
    assert "\\u0000" not in told  # which PostgreSQL does not keep
    if outcome.state == REJECTED:
        assert len(outcome.reason) > 20
        assert outcome.earned == 0
        return
    (notebook,) = outcome.notebooks
    assert {cell.grade_id: cell.points for cell in notebook.cells} == points
    for cell in notebook.cells:
        assert cell.status in CELL_STATUSES
        if cell.status == "manual":  # only the second test gives a number
            assert (cell.grade_id, cell.earned) == ("test-twice-two", None)
            assert outcome.state != GRADED
            assert cell.message and outcome.reason
        else:
            assert 0 <= cell.earned <= cell.points
            assert cell.message or cell.status == "passed"
            assert cell.earned or cell.status != "passed"
    written = autograded_notebook(notebook, planned, outcome)
    nbformat.validate(nbformat.from_dict(written))
