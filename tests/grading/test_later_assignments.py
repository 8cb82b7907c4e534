"""Assignments 03, 04 and 05 by `coursepkg grade`: points in the gradebook, from the real confinement.

What each variant is told is tested by `test_variants.py`, in two processes without a wall around them. Here a
class of three for each assignment goes the whole way: intake, confined kernels, verdicts, gradebook, pages.
"""

import hostile_course
import pytest
from stand_ins import automatic_scores

from coursepkg import cli
from coursepkg.grading import commands
from coursepkg.grading.sandbox import WarmParent

pytestmark = pytest.mark.sandbox

made_by = hostile_course.assignments_conftest()
harness = made_by.harness
SLUGS = [slug for slug in harness.slugs() if slug[:2] in ("03", "04", "05")]


def two_wrong_variants(slug):
    """One that is wrong in the first exercise that has such, and one in the last."""
    cells = [cell.name for cell in harness.read_cells(slug)]
    wrong = [variant for variant in harness.read_variants(slug) if variant.loses]
    wrong.sort(key=lambda variant: (min(map(cells.index, variant.answers)), variant.name))
    return wrong[0], wrong[-1]


CLASS = {slug: {"right": None} | {one.name: one for one in two_wrong_variants(slug)} for slug in SLUGS}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The course folder after a run for each assignment, and the runs' exit codes."""
    course, codes = made_by.Course(tmp_path_factory.mktemp("later")), {}
    for slug, students in CLASS.items():
        course.nbgrader("generate_assignment", slug)
        for student, variant in students.items():
            course.submit(student, slug, course.answered(slug, variant and variant.answers))
    with pytest.MonkeyPatch.context() as patch, WarmParent() as nursery:
        patch.delenv("NBGRADER_DB_URL", raising=False)
        nursery.begin()
        for slug in SLUGS:
            line = ["grade", slug, "--course", str(course.folder), "--workers", "2"]
            codes[slug] = commands.grade(cli._parser().parse_args(line), nursery)
    return course.folder, codes


def test_three_assignments_are_meant():
    assert [slug[:2] for slug in SLUGS] == ["03", "04", "05"]


@pytest.mark.parametrize(("slug", "student"), [(slug, name) for slug in SLUGS for name in CLASS[slug]])
def test_a_submission_earns_what_its_answers_are_worth(graded, slug, student):
    folder, codes = graded
    variant = CLASS[slug][student]
    lost = set(variant.loses) if variant else set()
    expected = {cell.name: cell.points for cell in harness.read_cells(slug) if cell.kind == "test"}
    assert lost <= set(expected)
    scores = {
        cell: points for (name, cell), points in automatic_scores(folder, slug).items() if name == student
    }
    found = {cell: points for cell, points in scores.items() if cell in expected}
    assert found == {cell: 0 if cell in lost else points for cell, points in expected.items()}
    assert codes[slug] == 0
    assert (folder / "feedback" / student / slug / f"{slug}.html").is_file()
