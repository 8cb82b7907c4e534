"""The autograder under test: each assignment judges solution, release and every variant as it should."""

import re
from collections import defaultdict

import harness
import pytest

SLUGS = harness.slugs()
VARIANTS = [(slug, variant.name) for slug in SLUGS for variant in harness.read_variants(slug)]


@pytest.fixture(scope="module")
def cells_of():
    return {slug: harness.read_cells(slug) for slug in SLUGS}


@pytest.mark.parametrize("slug", SLUGS)
def test_the_solution_earns_every_point(slug, cells_of):
    assert harness.run(cells_of[slug]) == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_the_untouched_release_earns_no_point_and_every_test_says_why(slug, cells_of):
    released = harness.released(cells_of[slug])
    failures = harness.failed_tests(released)
    assert set(failures) == {cell.name for cell in released if cell.kind == "test"}
    assert {message for message in failures.values() if "Still to be written" not in message} == set()


@pytest.mark.parametrize(("slug", "name"), VARIANTS)
def test_a_variant_loses_what_it_should(slug, name, cells_of):
    variant = harness.read_variant(harness.VARIANTS / slug / f"{name}.py")
    failures = harness.failed_tests(harness.judged(slug, cells_of[slug], variant))
    assert set(failures) == set(variant.loses), failures
    for test, pattern in variant.loses.items():
        assert re.search(pattern, failures[test], re.DOTALL), (
            f"{test}: {failures[test]!r} does not match {pattern!r}"
        )


@pytest.mark.parametrize("slug", SLUGS)
def test_there_are_enough_variants_of_both_kinds(slug):
    variants = harness.read_variants(slug)
    wrong = [variant for variant in variants if variant.loses]
    assert len(wrong) >= 12
    assert len(variants) - len(wrong) >= 5
    assert all(variant.summary and variant.answers for variant in variants)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_test_cell_is_lost_by_some_variant_and_every_answer_has_an_unusual_right_one(slug, cells_of):
    variants = harness.read_variants(slug)
    tests = {cell.name for cell in cells_of[slug] if cell.kind == "test"}
    assert tests - {test for variant in variants for test in variant.loses} == set()
    answers = {cell.name for cell in cells_of[slug] if cell.kind == "solution"}
    assert answers - {name for variant in variants if not variant.loses for name in variant.answers} == set()


@pytest.mark.parametrize("slug", SLUGS)
def test_points_are_small_and_add_up_to_what_the_headings_promise(slug):
    cells = {cell.name: cell for cell in harness.read_cells(slug)}
    promised, found, exercise = {}, defaultdict(float), None
    for line in (harness.SOURCES / slug / f"{slug}.md").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"#+ (Exercise \d+)\..*\((\d+) points?\)$", line):
            exercise = heading[1]
            promised[exercise] = float(heading[2])
        elif name := re.search(r'^:nbgrader: .*"grade_id": "([\w-]+)"', line):
            cell = cells[name[1]]
            if cell.kind == "test":
                assert 1 <= cell.points <= 4, name[1]
                found[exercise] += cell.points
    assert dict(found) == promised
    assert len(promised) >= 10


@pytest.mark.parametrize("slug", SLUGS)
def test_names_tie_tests_to_answers(slug, cells_of):
    cells = cells_of[slug]
    names = [cell.name for cell in cells]
    assert len(set(names)) == len(names)
    named = [name for name in names if not re.fullmatch(r"cell \d+", name)]  # others are for looking only
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in named)
    answers = [cell.name for cell in cells if cell.kind == "solution"]
    for cell in cells:
        if cell.kind == "test":
            assert any(cell.name.startswith(f"test-{answer}-") for answer in answers), cell.name
    for answer in answers:
        assert any(name.startswith(f"test-{answer}-") for name in names), answer


@pytest.mark.parametrize("slug", SLUGS)
def test_students_write_between_20_and_80_lines(slug, cells_of):
    lines = 0
    for cell in cells_of[slug]:
        if cell.kind == "solution":
            regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
            assert regions, cell.name
            lines += sum(
                bool(line.strip()) and not line.strip().startswith("#")
                for region in regions  # a class may have several methods to write
                for line in region.splitlines()
            )
    assert 20 <= lines <= 80
