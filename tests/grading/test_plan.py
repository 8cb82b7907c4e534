"""Assignments as nbgrader releases them, and submissions of any shape rebuilt in that form."""

import copy
import json
from types import SimpleNamespace

import nbformat
import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.utils import compute_checksum

from coursepkg.grading.course import open_course
from coursepkg.grading.plan import Assignment, AssignmentProblem, read_assignment, rebuild

KINDS = {
    "answer": "solution",
    "given": "locked",
    "test_answer": "test",
    "test_part": "test",
    "program": "manual",
    "essay": "manual",
    "task": "manual",
}


@pytest.fixture(scope="module")
def assignment(released_course):
    return read_assignment(open_course(released_course), "ps1")


@pytest.fixture
def released(assignment):
    return copy.deepcopy(assignment.released["first"])


def name_of(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def named(notebook):
    return {name_of(cell): cell for cell in notebook.cells if name_of(cell)}


def names(notebook):
    return [name_of(cell) for cell in notebook.cells if name_of(cell)]


# The assignment.


def test_the_release_is_the_one_that_nbgrader_wrote(released_course, assignment):
    for name in ("first", "second"):
        written = nbformat.read(released_course / "release" / "ps1" / f"{name}.ipynb", as_version=4)
        ours = assignment.released[name]
        assert [cell.source for cell in ours.cells] == [cell.source for cell in written.cells]
        assert [cell.metadata.get("nbgrader") for cell in ours.cells] == [
            cell.metadata.get("nbgrader") for cell in written.cells
        ]


def test_tests_are_whole_and_answers_are_not_there(tiny_course):
    source = tiny_course / "source" / "ps1" / "first.ipynb"
    notebook = nbformat.read(source, as_version=4)
    hidden = "### BEGIN HIDDEN TESTS\nassert answer > 41\n### END HIDDEN TESTS"
    named(notebook)["test_answer"].source += f"\n{hidden}"
    nbformat.write(notebook, source)
    regenerate(tiny_course)
    assignment = read_assignment(open_course(tiny_course), "ps1")
    assert "answer > 41" in named(assignment.notebooks["first"])["test_answer"].source
    assert "answer > 41" not in json.dumps(assignment.released)
    everything = json.dumps([assignment.notebooks, assignment.released])
    assert "answer = 42" not in everything and "Because." not in everything
    assert assignment.points == 16


def regenerate(folder):
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    config = tiny.read_config(folder)
    api = NbGraderAPI(coursedir=CourseDirectory(config=config, root=str(folder)), config=config)
    result = api.generate_assignment("ps1", force=True)
    assert result["success"], result


def test_what_is_unknown_is_named_with_the_command_that_helps(tiny_course):
    course = open_course(tiny_course)
    with pytest.raises(AssignmentProblem, match=r"no assignment 'ps2'.*Assignments here: ps1"):
        read_assignment(course, "ps2")
    (tiny_course / "source" / "ps2").mkdir()
    nbformat.write(tiny.second_notebook(), tiny_course / "source" / "ps2" / "second.ipynb")
    with pytest.raises(
        AssignmentProblem, match=r"does not know the assignment 'ps2'.*generate_assignment ps2"
    ):
        read_assignment(course, "ps2")
    nbformat.write(tiny.second_notebook(), tiny_course / "source" / "ps1" / "third.ipynb")
    with pytest.raises(
        AssignmentProblem, match=r"does not know the notebook 'third'.*generate_assignment ps1"
    ):
        read_assignment(course, "ps1")
    (tiny_course / "source" / "ps1" / "third.ipynb").unlink()
    (tiny_course / "source" / "ps1" / "second.ipynb").unlink()
    with pytest.raises(AssignmentProblem, match=r"knows notebooks of 'ps1' that are not in .*: second"):
        read_assignment(course, "ps1")


def points(cells):
    cells["test_answer"].metadata.nbgrader.points = 3


def code_of_a_test(cells):
    cells["test_answer"].source = "assert answer == 43"


def locked_code(cells):
    cells["given"].source = "given = 2"


def nothing_that_counts(cells):
    cells["answer"].source = tiny.hidden("answer = 41 + 1")  # the solution is no part of a grade


@pytest.mark.parametrize("change", [points, code_of_a_test, locked_code])
def test_a_source_that_the_gradebook_does_not_have_is_refused_until_it_is_generated(tiny_course, change):
    course = open_course(tiny_course)
    before = read_assignment(course, "ps1").version
    edit_source(tiny_course, change)
    with pytest.raises(AssignmentProblem, match=r"differs from what the gradebook holds in 1 cells"):
        read_assignment(course, "ps1")
    regenerate(tiny_course)
    assert read_assignment(course, "ps1").version != before


def test_the_version_is_that_of_what_counts(tiny_course):
    course = open_course(tiny_course)
    before = read_assignment(course, "ps1").version
    edit_source(tiny_course, nothing_that_counts)
    assert read_assignment(course, "ps1").version == before
    (tiny_course / "source" / "ps1" / "data.csv").write_text("1,2\n")
    assignment = read_assignment(course, "ps1")
    assert assignment.files == {"data.csv": b"1,2\n"}
    assert assignment.version != before


def edit_source(folder, change):
    path = folder / "source" / "ps1" / "first.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(named(notebook))
    nbformat.write(notebook, path)


def test_a_damaged_source_is_named(tiny_course):
    (tiny_course / "source" / "ps1" / "first.ipynb").write_text("{")
    with pytest.raises(AssignmentProblem, match=r"first\.ipynb is no valid assignment"):
        read_assignment(open_course(tiny_course), "ps1")


# The submission.


def test_what_was_released_comes_back_as_it_is(assignment, released):
    rebuilt = rebuild(assignment.notebooks["first"], released)
    assert rebuilt.notes == []
    assert rebuilt.unanswered == ["answer", "program", "essay"]
    assert [(cell.name, cell.kind) for cell in rebuilt.cells] == list(KINDS.items())
    assert {cell.name: cell.points for cell in rebuilt.cells if cell.points} == {
        "test_answer": 2,
        "test_part": 4,
        "program": 3,
        "essay": 5,
        "task": 1,
    }
    assert all(cell.heading == "First" for cell in rebuilt.cells)
    assert [cell.name for cell in rebuilt.cells if not cell.runs] == ["essay", "task"]
    nbformat.validate(rebuilt.notebook)
    for cell in rebuilt.cells:
        there = rebuilt.notebook.cells[cell.index]
        assert there.source == cell.source
        metadata = there.metadata.nbgrader
        assert cell.kind == "solution" or cell.kind == "test" or metadata.checksum == compute_checksum(there)


def test_answers_are_the_students_and_everything_else_the_sources(assignment, released):
    source = assignment.notebooks["first"]
    cells = named(released)
    for cell in cells.values():
        cell.source = f"mine = '{name_of(cell)}'"
        cell.metadata.nbgrader.update(points=1e9, grade=True, solution=True, locked=False, schema_version=99)
    rebuilt = rebuild(source, released)
    there = named(rebuilt.notebook)
    for name, kind in KINDS.items():
        ours = named(source)[name]
        mine = kind in ("solution", "manual") and name != "task"
        assert there[name].source == (f"mine = '{name}'" if mine else ours.source)
        assert there[name].metadata.nbgrader == ours.metadata.nbgrader
    assert rebuilt.unanswered == []
    edited = [note for note in rebuilt.notes if "was edited" in note]
    assert len(edited) == 4  # given, two tests, the task


def test_a_copied_answer_counts_as_it_stands_last_and_the_earlier_runs_before(assignment, released):
    cells = released.cells
    first = next(cell for cell in cells if name_of(cell) == "answer")
    second = copy.deepcopy(first)
    first.source, second.source = "half = 21", "answer = 2 * half"  # as a cell that was split leaves it
    cells.insert(cells.index(first) + 1, second)
    rebuilt = rebuild(assignment.notebooks["first"], released)
    order = [(cell.kind, cell.source) for cell in rebuilt.cells][:2]
    assert order == [("code", "half = 21"), ("solution", "answer = 2 * half")]
    assert any("'answer' is there 2 times" in note for note in rebuilt.notes)


def test_missing_cells_come_back_and_a_missing_answer_is_unanswered(assignment, released):
    kept = [cell for cell in released.cells if name_of(cell) == "essay"]
    kept[0].source = "I think so."
    rebuilt = rebuild(assignment.notebooks["first"], nbformat.v4.new_notebook(cells=kept))
    assert names(rebuilt.notebook) == list(KINDS)
    assert rebuilt.unanswered == ["answer", "program"]
    assert any("'answer' is missing; it counts as not answered" in note for note in rebuilt.notes)
    assert any("'test_answer' is missing; it was put back" in note for note in rebuilt.notes)


def test_an_answer_in_a_text_cell_does_not_run_and_stays_a_note(assignment, released):
    cells = named(released)
    cells["answer"].cell_type = "markdown"
    cells["answer"].source = "answer = 42"
    cells["test_answer"].cell_type = "raw"
    rebuilt = rebuild(assignment.notebooks["first"], released)
    assert "answer" in rebuilt.unanswered
    assert all(cell.source != "answer = 42" for cell in rebuilt.cells)
    assert [cell.cell_type for cell in rebuilt.notebook.cells if cell.source == "answer = 42"] == ["markdown"]
    assert any("came back as a text cell" in note for note in rebuilt.notes)
    assert named(rebuilt.notebook)["test_answer"].cell_type == "code"


def test_a_written_answer_counts_in_any_kind_of_cell(assignment, released):
    cells = named(released)
    cells["essay"].cell_type = "code"
    cells["essay"].source = "It is 42."
    rebuilt = rebuild(assignment.notebooks["first"], released)
    assert named(rebuilt.notebook)["essay"].cell_type == "markdown"
    assert named(rebuilt.notebook)["essay"].source == "It is 42."


def test_own_cells_stay_where_they_were_and_keep_nothing_but_their_text(assignment, released):
    place = names(released).index("given") + 2
    mine = new_code_cell(
        "helper = 1",
        metadata={"tags": ["<script>"], "nbgrader": {"grade_id": "mine", "grade": True, "points": 100}},
        outputs=[nbformat.v4.new_output("stream", text="<script>")],
    )
    released.cells[place:place] = [mine, new_markdown_cell("A note."), new_raw_cell("Raw.")]
    rebuilt = rebuild(assignment.notebooks["first"], released)
    cells = rebuilt.notebook.cells
    start = next(index for index, cell in enumerate(cells) if name_of(cell) == "given")
    assert [cell.source for cell in cells[start + 1 : start + 4]] == ["helper = 1", "A note.", "Raw."]
    assert all(cell.metadata == {} for cell in cells[start + 1 : start + 4])
    assert cells[start + 1].outputs == []
    own = [cell for cell in rebuilt.cells if cell.kind == "code"]
    assert [(cell.source, cell.points) for cell in own] == [("helper = 1", 0.0)]
    assert any("(mine) is taken for your own" in note for note in rebuilt.notes)


def test_own_cells_keep_their_place_among_the_statements(assignment):
    source = copy.deepcopy(assignment.notebooks["first"])
    place = names(source).index("given") + 2
    source.cells[place:place] = [new_markdown_cell("## Second part"), new_markdown_cell("And so on.")]
    submitted = copy.deepcopy(source)
    submitted.cells.insert(place + 1, new_code_cell("between = 1"))
    rebuilt = rebuild(source, submitted)
    texts = [cell.source for cell in rebuilt.notebook.cells]
    assert texts[place : place + 3] == ["## Second part", "between = 1", "And so on."]
    assert {cell.name: cell.heading for cell in rebuilt.cells}["test_answer"] == "Second part"


def test_a_copied_test_is_graded_once_and_a_copy_that_was_changed_is_an_own_cell(assignment, released):
    test = named(released)["test_answer"]
    same, other = copy.deepcopy(test), copy.deepcopy(test)
    other.source = "print(answer)"
    released.cells += [same, other]
    rebuilt = rebuild(assignment.notebooks["first"], released)
    assert names(rebuilt.notebook) == list(KINDS)
    assert [cell.source for cell in rebuilt.cells if cell.kind == "code"] == ["print(answer)"]
    assert not any("was edited" in note for note in rebuilt.notes)


def test_another_order_is_put_right_and_named(assignment, released):
    released.cells.reverse()
    rebuilt = rebuild(assignment.notebooks["first"], released)
    assert names(rebuilt.notebook) == list(KINDS)
    assert any("another order" in note for note in rebuilt.notes)


def test_windows_line_ends_and_unkeepable_characters(assignment, released):
    named(released)["answer"].source = "answer = 42\r\nname = '\0\ud800'"
    released.cells.append(new_markdown_cell("# First\r\n"))
    rebuilt = rebuild(assignment.notebooks["first"], released)
    assert named(rebuilt.notebook)["answer"].source == "answer = 42\nname = '\ufffd\ufffd'"
    json.dumps(rebuilt.notebook, ensure_ascii=False).encode("utf-8")


def test_pictures_of_a_written_answer_stay_and_other_attachments_go(assignment, released):
    essay = named(released)["essay"]
    essay.source = "![](attachment:plot.png)"
    essay["attachments"] = {
        "plot.png": {"image/png": "iVBORw0KGgo=", "text/html": "<script>"},
        "<script>": {"image/png": "iVBORw0KGgo="},
        "page": {"text/html": "<script>"},
        "odd": {"image/png": "not base64!"},
    }
    rebuilt = rebuild(assignment.notebooks["first"], released)
    assert named(rebuilt.notebook)["essay"].attachments == {"plot.png": {"image/png": "iVBORw0KGgo="}}


HOSTILE_METADATA = [
    None,
    [],
    "x",
    {"nbgrader": None},
    {"nbgrader": "answer"},
    {"nbgrader": {"grade_id": None}},
    {"nbgrader": {"grade_id": ["answer"]}},
    {"nbgrader": {"grade_id": {"answer": 1}, "points": float("nan")}},
    {"nbgrader": {"grade_id": "<script>\n" + "x" * 5000}},
]


@pytest.mark.parametrize("metadata", HOSTILE_METADATA, ids=range(len(HOSTILE_METADATA)))
def test_metadata_of_any_kind_makes_an_own_cell(assignment, metadata):
    cells = [{"cell_type": "code", "metadata": metadata, "source": "x = 1"}, None, "cell", {"cell_type": 3}]
    rebuilt = rebuild(assignment.notebooks["first"], {"cells": cells})
    assert names(rebuilt.notebook) == list(KINDS)
    assert [cell.source for cell in rebuilt.cells if cell.kind == "code"] == ["x = 1"]
    assert all("\n" not in note and len(note) < 500 for note in rebuilt.notes)


def test_remarks_are_bounded(assignment):
    cells = [copy.deepcopy(cell) for cell in assignment.released["first"].cells for _ in range(3)]
    source = SimpleNamespace(cells=[], metadata={})
    for number in range(30):
        for cell in assignment.notebooks["first"].cells[1:4]:
            cell = copy.deepcopy(cell)
            cell.metadata.nbgrader.grade_id += str(number)
            cell.pop("id", None)
            source.cells.append(cell)
    rebuilt = rebuild(source, {"cells": cells})
    assert len(rebuilt.notes) == 41
    assert "more remarks" in rebuilt.notes[-1]


# Whatever is done to a released notebook.

OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["move", "copy", "delete", "edit", "strip", "text"]), st.integers(0, 99)),
        st.tuples(st.just("add"), st.integers(0, 99)),
    ),
    max_size=12,
)


def apply(notebook, operations):
    """Does what a student might do; returns the sources of the code cells that were added."""
    cells, added = notebook.cells, []
    for number, (operation, place) in enumerate(operations):
        if operation == "add" or not cells:
            added.append(f"added = {number}")
            cells.insert(place % (len(cells) + 1), new_code_cell(added[-1]))
            continue
        cell = cells[place % len(cells)]
        if not name_of(cell) and cell.cell_type == "code":
            continue  # added cells are left alone, so that they can be counted
        if operation == "move":
            cells.remove(cell)
            cells.insert(place * 7 % (len(cells) + 1), cell)
        elif operation == "copy":
            cells.insert(place * 5 % (len(cells) + 1), copy.deepcopy(cell))
        elif operation == "delete":
            cells.remove(cell)
        elif operation == "edit":
            cell.source = f"edited = {number}"
        elif operation == "strip":
            cell.metadata.pop("nbgrader", None)
            cell.cell_type = "markdown"
        elif operation == "text":
            cell.cell_type = "markdown"
    return added


@given(OPERATIONS)
def test_any_change_leaves_the_release_with_the_students_answers(assignment, operations):
    source = assignment.notebooks["first"]
    notebook = copy.deepcopy(assignment.released["first"])
    added = apply(notebook, operations)
    rebuilt = rebuild(source, copy.deepcopy(notebook))
    assert names(rebuilt.notebook) == list(KINDS)
    last = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" or name_of(cell) == "essay":
            last[name_of(cell)] = cell.source
    ours = named(source)
    for cell in rebuilt.cells:
        if cell.kind in ("test", "locked") or cell.name == "task":
            assert cell.source == ours[cell.name].source
        elif cell.kind in ("solution", "manual"):
            assert cell.source == last.get(cell.name, ours[cell.name].source)
        assert rebuilt.notebook.cells[cell.index].source == cell.source
    own = [cell.source for cell in rebuilt.cells if cell.kind == "code"]
    assert [own.count(text) for text in added] == [1] * len(added)
    ids = [cell.id for cell in rebuilt.notebook.cells]
    assert len(set(ids)) == len(ids)
    nbformat.validate(rebuilt.notebook)
    again = rebuild(source, copy.deepcopy(rebuilt.notebook))
    assert [cell.source for cell in again.cells] == [cell.source for cell in rebuilt.cells]


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ([("", "import numpy as np, math\n%matplotlib inline")], ["np"]),
        ([("", "from numpy.testing import assert_allclose as close")], []),
        ([("locked", "import numpy as np")], []),
        ([("", "import numpy as np"), ("locked", "import numpy as np")], []),
        ([("", "import numpy as np"), ("locked", "one = np.ones(1)")], ["np"]),
        ([("solution", "import numpy as np")], []),
        ([("", "import keras\nimport numpy as np")], ["keras", "np"]),
    ],
)
def test_imports_that_an_answer_can_change_are_named(cells, named):
    made = [
        tiny.graded_cell(kind, f"cell-{number}", source) if kind else new_code_cell(source)
        for number, (kind, source) in enumerate(cells)
    ]
    test = tiny.graded_cell("test", "test", "np.testing.assert_allclose(f(2), 4)\nkeras.ops.sum(1)", 1)
    assignment = Assignment("ps1", "v1", {"first": tiny.notebook_of([*made, test])})
    assert bool(assignment.cautions) == bool(named)
    for caution in assignment.cautions:
        assert f"first.ipynb: tests use {' and '.join(named)} from a cell that is not locked" in caution
