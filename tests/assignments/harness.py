"""Runs an assignment's cells in this process, so that its tests can be tested on many answers in seconds.

While writing an assignment: `python tests/assignments/harness.py 01-sequence-data [variant ...]` prints which
test cells an answer fails and what they say to the student. `release` and `solution` are variants too.
"""

import ast
import contextlib
import functools
import io
import re
import symtable
import sys
import warnings
from pathlib import Path
from typing import NamedTuple

import jupytext

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "assignments" / "source"
VARIANTS = ROOT / "assignments" / "variants"
STUB = 'raise NotImplementedError("Still to be written.")'


class Cell(NamedTuple):
    """A code cell of an assignment: its name (or position), its kind, its points and its source."""

    name: str
    kind: str
    points: float
    source: str


class Variant(NamedTuple):
    """An answer that is wrong in one known way, or right in an unusual one."""

    name: str
    summary: str
    loses: dict
    answers: dict


def slugs():
    """The names of all assignments."""
    return sorted(path.parent.name for path in SOURCES.glob("*/*.md"))


def read_cells(slug):
    """The code cells of an assignment's source, in order."""
    notebook = jupytext.read(SOURCES / slug / f"{slug}.md", fmt="md:myst")
    cells = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        data = cell.metadata.get("nbgrader", {})
        kind = "solution" if data.get("solution") else "test" if data.get("grade") else "code"
        cells.append(Cell(data.get("grade_id", f"cell {index}"), kind, data.get("points", 0), cell.source))
    return cells


def strip_solution(source):
    """The cell as a student receives it."""
    return re.sub(
        r"^(\s*)### BEGIN SOLUTION\n.*?^\s*### END SOLUTION$",
        rf"\1{STUB}",
        source,
        flags=re.DOTALL | re.MULTILINE,
    )


def strip_hidden_tests(source):
    """The test cell as a student receives it."""
    return re.sub(
        r"^\s*### BEGIN HIDDEN TESTS\n.*?^\s*### END HIDDEN TESTS$\n?",
        "",
        source,
        flags=re.DOTALL | re.MULTILINE,
    )


def released(cells):
    """The cells as they are released: no solution, no hidden test."""
    return [cell._replace(source=strip_hidden_tests(strip_solution(cell.source))) for cell in cells]


def read_variants(slug):
    """All variants of an assignment, in order of their names."""
    return [read_variant(path) for path in sorted((VARIANTS / slug).glob("*.py"))]


def read_variant(path):
    """Reads a variant's file: a docstring, `LOSES`, then one block for each answer that it replaces."""
    head, *blocks = re.split(r"^# %% *(?=\S)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    tree = ast.parse(head)
    loses = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "LOSES"
    )
    answers = {}
    for block in blocks:
        name, _, source = block.partition("\n")
        answers[name.strip()] = source.strip() + "\n"
    return Variant(path.stem, ast.get_docstring(tree) or "", loses, answers)


def with_answers(cells, answers):
    """The cells with some answers replaced."""
    names = {cell.name for cell in cells if cell.kind == "solution"}
    unknown = set(answers) - names
    if unknown:
        raise ValueError(f"no answer cell is called {sorted(unknown)}; there are {sorted(names)}")
    return [cell._replace(source=answers.get(cell.name, cell.source)) for cell in cells]


def tests_of(cells, answers):
    """The test cells whose verdict some answers can change: those that use them, directly or through others.

    Args:
        cells: list of `Cell`, in order.
        answers: names of answer cells.

    Returns:
        Set of names of test cells.
    """
    touched, found = set(), set()
    for cell in cells:
        for used, bound in _statements(cell.source):
            if cell.name in answers or used & touched:
                touched |= bound
                found |= {cell.name} if cell.kind == "test" else set()
            else:
                touched -= bound
    return found


def cells_for(cells, tests):
    """The cells without other tests, and without those that are there to be looked at.

    A test cell whose functions a later one calls stays.

    Args:
        cells: list of `Cell`, in order.
        tests: names of test cells.

    Returns:
        List of `Cell`, in order.
    """
    kept, needed = [], set()
    for cell in reversed(cells):
        used, bound = set(), set()
        for uses, binds in _statements(cell.source):
            used |= uses - bound
            bound |= binds
        for_looking = cell.kind == "code" and cell.name.startswith("cell ")
        if cell.name in tests or bound & needed or not (for_looking or cell.kind == "test"):
            kept.append(cell)
            needed |= used
    return kept[::-1]


@functools.cache
def _statements(source):
    """The global names that each statement of a cell uses, and those that it gives a value or a new part."""
    found = []
    for statement in ast.parse(source).body:
        used, bound = set(), set()
        tables = [symtable.symtable(ast.unparse(statement), "<cell>", "exec")]
        while tables:
            table = tables.pop()
            tables += table.get_children()
            for symbol in table.get_symbols():
                everywhere = table.get_type() == "module" or symbol.is_global()
                if everywhere and symbol.is_referenced():
                    used.add(symbol.get_name())
                if everywhere and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                    bound.add(symbol.get_name())
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
                while isinstance(node, ast.Attribute | ast.Subscript):
                    node = node.value
                bound |= {node.id} & used if isinstance(node, ast.Name) else set()
        found.append((used, bound))
    return found


def run(cells):
    """Runs cells from top to bottom in a fresh namespace.

    Returns:
        Dict from the name of each cell that raised to what it said, a test's message without its traceback.
    """
    namespace, failures = {"__name__": "__main__"}, {}
    for cell in cells:
        output = io.StringIO()
        try:
            with (
                contextlib.redirect_stdout(output),
                contextlib.redirect_stderr(output),
                warnings.catch_warnings(),
            ):
                warnings.simplefilter("ignore")
                exec(compile(cell.source, f"<{cell.name}>", "exec"), namespace)
        except Exception as error:
            name = type(error).__name__
            plain = isinstance(error, AssertionError)
            failures[cell.name] = str(error) if plain else f"{name}: {error}"
    return failures


def judged(slug, cells, variant):
    """The cells of an answer that are worth running: of a wrong one, what its mistakes can reach.

    Args:
        slug: str, the assignment.
        cells: list of `Cell`, the assignment's.
        variant: `Variant`.

    Returns:
        List of `Cell` with the variant's answers.

    Raises:
        ValueError: if the variant is to lose a test that its answers cannot reach.
    """
    answered = with_answers(cells, variant.answers)
    if not variant.loses:
        return answered
    tests = tests_of(answered, variant.answers)
    if beyond := set(variant.loses) - tests:
        raise ValueError(f"{slug}, {variant.name}: {sorted(beyond)} do not use {sorted(variant.answers)}")
    return cells_for(answered, tests)


def failed_tests(cells):
    """Which test cells fail, and with which message; an error in any other cell is an error here."""
    last = max(index for index, cell in enumerate(cells) if cell.kind == "test")
    failures = run(cells[: last + 1])  # what follows the last test is there to be looked at
    kinds = {cell.name: cell.kind for cell in cells}
    return {name: message for name, message in failures.items() if kinds[name] == "test"}


def main(slug, *names):
    """Prints what the test cells say to each variant."""
    cells = read_cells(slug)
    everything = {
        "solution": (cells, "The course's own answers.", {}),
        "release": (released(cells), "As the student receives it.", None),
    }
    for variant in read_variants(slug):
        everything[variant.name] = (judged(slug, cells, variant), variant.summary, variant.loses)
    for name in names or everything:
        answer, summary, loses = everything[name]
        failures = run(answer) if name == "solution" else failed_tests(answer)
        print(f"\n== {name}: {summary}")
        for cell, message in failures.items():
            expected = loses is None or (cell in loses and re.search(loses[cell], message, re.DOTALL))
            print(f"  {'    ' if expected else '??? '}{cell}: {message}")
        for cell in set(loses or ()) - set(failures):
            print(f"  ??? {cell} passes, and should fail")


if __name__ == "__main__":
    main(*sys.argv[1:])
