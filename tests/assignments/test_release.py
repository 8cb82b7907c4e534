"""What students receive: exactly what nbgrader makes of the source, and nothing that gives an answer away."""

import re

import harness
import nbformat
import pytest

SLUGS = harness.slugs()
RELEASE = harness.ROOT / "assignments" / "release"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_release_is_what_nbgrader_generates_from_the_source(slug, course):
    course.nbgrader("generate_assignment", slug)
    generated = course.folder / "release" / slug
    assert [path.name for path in generated.iterdir()] == [f"{slug}.ipynb"]
    assert (generated / f"{slug}.ipynb").read_bytes() == (RELEASE / slug / f"{slug}.ipynb").read_bytes(), (
        "the committed release is out of date: run `make assignments`"
    )


def lines_of(source):
    """A cell's lines without white space at their ends and without nbgrader's comment above a stub."""
    lines = [line.rstrip() for line in source.strip().splitlines()]
    return [line for line in lines if line.strip() != "# YOUR CODE HERE"]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_release_holds_no_solution_no_hidden_test_and_no_other_file(slug):
    files = [path for path in (RELEASE / slug).rglob("*") if path.is_file()]
    assert [path.name for path in files] == [f"{slug}.ipynb"]
    notebook = nbformat.read(files[0], as_version=4)
    content = "\n".join(cell.source for cell in notebook.cells)
    assert not re.search(r"BEGIN (SOLUTION|HIDDEN)|END (SOLUTION|HIDDEN)", content)
    received = [cell.source for cell in notebook.cells if cell.cell_type == "code"][1:]
    expected = harness.released(harness.read_cells(slug))
    for source, cell in zip(received, expected, strict=True):
        assert lines_of(source) == lines_of(cell.source), cell.name


@pytest.mark.parametrize("slug", SLUGS)
def test_the_release_has_no_outputs_and_is_complete(slug):
    notebook = nbformat.read(RELEASE / slug / f"{slug}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    names = [cell.metadata.nbgrader.grade_id for cell in code if "nbgrader" in cell.metadata]
    assert names[1:] == [cell.name for cell in harness.read_cells(slug) if not cell.name.startswith("cell ")]
    assert names[0] == "install"
    stubs = [cell for cell in code if cell.metadata.get("nbgrader", {}).get("solution")]
    assert all(harness.STUB in cell.source for cell in stubs)
    locked = [cell for cell in code if cell.metadata.get("nbgrader", {}).get("solution") is False]
    assert all(cell.metadata.editable is False and cell.metadata.deletable is False for cell in locked)
