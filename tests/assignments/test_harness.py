"""Which tests an answer can reach, and what must run for them: a wrong answer is judged by these alone."""

import harness
import pytest
from harness import Cell

CELLS = [
    Cell("set-up", "code", 0, "import numpy as np\n\ndef draw(n):\n    return np.ones(n)"),
    Cell("first", "solution", 0, "def first(x):\n    return x + 1"),
    Cell(
        "test-first-value",
        "test",
        1,
        "def made():\n    return first(1)\n\nvalue = made()\nassert value == 2, 'first'",
    ),
    Cell("cell 3", "code", 0, "print(first(3))"),
    Cell("second", "solution", 0, "def second(x):\n    first = 2\n    return x * first"),
    Cell("test-second-value", "test", 1, "value = second(2)\nassert value == 4, 'second'"),
    Cell("test-second-draws", "test", 1, "assert second(draw(1)) == 2\nassert made() == 2, 'both'"),
    Cell("cell 7", "code", 0, "made_of = [second(i) for i in range(3)]"),
    Cell("test-second-many", "test", 1, "assert made_of[2] == 4, 'many'"),
]
TESTS = {cell.name for cell in CELLS if cell.kind == "test"}


@pytest.mark.parametrize(
    ("answers", "reached"),
    [
        ({"first"}, {"test-first-value", "test-second-draws"}),  # by way of `made`
        ({"second"}, {"test-second-value", "test-second-draws", "test-second-many"}),  # by way of `made_of`
        ({"first", "second"}, TESTS),
        (set(), set()),
    ],
)
def test_a_test_is_reached_through_whatever_uses_the_answer(answers, reached):
    assert harness.tests_of(CELLS, answers) == reached


def test_a_part_that_is_changed_counts_as_a_use():
    cells = [
        Cell("answer", "solution", 0, "def answer():\n    return 1"),
        Cell("table", "code", 0, "table = {}\nbox = object"),
        Cell("fill", "code", 0, "table['a'] = answer()"),
        Cell("test-answer-table", "test", 1, "assert table['a'] == 1"),
        Cell("test-answer-box", "test", 1, "assert box is object"),
    ]
    assert harness.tests_of(cells, {"answer"}) == {"test-answer-table"}


def test_what_the_tests_need_stays_and_what_is_for_looking_goes():
    names = [cell.name for cell in harness.cells_for(CELLS, {"test-second-draws"})]
    assert names == ["set-up", "first", "test-first-value", "second", "test-second-draws"]
    names = [cell.name for cell in harness.cells_for(CELLS, {"test-second-many"})]
    assert names == ["set-up", "first", "second", "cell 7", "test-second-many"]


def test_a_variant_that_cannot_lose_what_it_says_is_named():
    variant = harness.Variant("wrong", "", {"test-first-value": "first"}, {"second": "second = None"})
    with pytest.raises(ValueError, match=r"wrong: \['test-first-value'\] do not use \['second'\]"):
        harness.judged("slug", CELLS, variant)


@pytest.mark.parametrize("name", [variant.name for variant in harness.read_variants("01-sequence-data")][::6])
def test_it_finds_what_a_full_run_finds(name):
    cells = harness.read_cells("01-sequence-data")
    variant = harness.read_variant(harness.VARIANTS / "01-sequence-data" / f"{name}.py")
    sliced = harness.failed_tests(harness.judged("01-sequence-data", cells, variant))
    assert set(sliced) == set(harness.failed_tests(harness.with_answers(cells, variant.answers)))
