"""A sitting from beginning to end, in the confinement: what becomes of cells, processes, time and memory."""

import copy
import dataclasses
import os
import signal
import time

import nbformat
import pytest

from coursepkg.grading import session
from coursepkg.grading.limits import MEBIBYTE, Limits
from coursepkg.grading.outcome import GRADED, NEEDS_A_LOOK, REJECTED
from coursepkg.grading.plan import Assignment
from coursepkg.grading.sandbox import WarmParent
from coursepkg.grading.session import Sitting, grade_submission

pytestmark = pytest.mark.sandbox

IMPORTS = ("numpy", "IPython.core.interactiveshell", "coursepkg.checks", "coursepkg.grading.examiner")
LIMITS = Limits(cell_seconds=10, submission_seconds=60, memory=600 * MEBIBYTE, restarts=4)


@pytest.fixture(scope="module")
def parent():
    with WarmParent(LIMITS, IMPORTS) as parent:
        yield parent


def cell(name, source, points=None, *, solution=False, locked=False, kind="code", grade=False):
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    data = {"schema_version": 3, "grade_id": name, "solution": solution, "task": False, "cell_type": kind}
    data |= {"locked": locked or not solution, "grade": points is not None or grade}
    if points is not None:
        data["points"] = points
    made = make(source)
    made.metadata["nbgrader"] = data
    return made


def answer(name, source):
    return cell(name, source, solution=True)


STUB = "raise NotImplementedError('Still to be written.')"


class Exam:
    """An assignment of one notebook, or of several (`others`), and right answers to it."""

    def __init__(self, *cells, files=None, **others):
        self.answers, notebooks = {}, {}
        for stem, content in {"exam": cells, **others}.items():
            notebook = notebooks[stem] = nbformat.v4.new_notebook()
            for one in map(copy.deepcopy, content):
                data = one.metadata.nbgrader
                if data.solution:
                    self.answers[data.grade_id] = one.source
                    one.source = STUB if one.cell_type == "code" else ""
                notebook.cells.append(one)
        self.assignment = Assignment("exam", "v1", notebooks, files=files or {})

    def grade(self, folder, parent, answers=None, only=None, extra=(), limits=LIMITS):
        """Hands in right answers but for `answers`, with cells of the student's own, and grades that."""
        folder = folder / "submission"
        folder.mkdir()
        for name, notebook in self.assignment.notebooks.items():
            if only is None or name in only:
                notebook = copy.deepcopy(notebook)
                for one in notebook.cells:
                    key = one.metadata.nbgrader.grade_id
                    one.source = (self.answers | (answers or {})).get(key, one.source)
                for place, code in extra:
                    notebook.cells.insert(place, nbformat.v4.new_code_cell(code))
                nbformat.write(notebook, folder / f"{name}.ipynb")
        return grade_submission("ada", self.assignment, folder, parent, limits)


def statuses(outcome):
    return {one.grade_id: one.status for book in outcome.notebooks for one in book.cells}


def messages(outcome):
    return {one.grade_id: one.message for book in outcome.notebooks for one in book.cells}


PAIR = (
    cell("set-up", "import numpy as np\nscale = 3", locked=True),
    answer("double", "def double(x):\n    return 2 * x"),
    cell("test-double-one", "assert double(np.ones(2)).tolist() == [2, 2]", 1),
    answer("triple", "def triple(x):\n    return scale * x"),
    cell("test-triple-one", "helper = 5\nassert triple(helper) == 15", 2),
    cell("test-triple-two", "assert triple(helper + 1) == 18", 3),
)


def test_a_right_answer_earns_all_and_its_outputs_are_kept(parent, tmp_path):
    shown = PAIR[1].source + "\nprint('hello')\ndouble(4)"
    outcome = Exam(*PAIR).grade(tmp_path, parent, {"double": shown})
    assert (outcome.state, outcome.earned, outcome.points) == (GRADED, 6, 6)
    assert outcome.peak_memory > 10 * MEBIBYTE or outcome.seconds < 0.3
    outputs = outcome.notebooks[0].notebook["cells"][1]["outputs"]
    assert [one["output_type"] for one in outputs] == ["stream", "execute_result"]
    assert outputs[0]["text"] == "hello\n"
    nbformat.validate(outcome.notebooks[0].notebook)


def test_a_process_that_ends_costs_the_test_in_which_it_ends_and_no_other(parent, tmp_path):
    once = "def triple(x):\n    import os\n    if x == 5:\n        os._exit(3)\n    return 3 * x"
    outcome = Exam(*PAIR).grade(tmp_path, parent, {"triple": once})
    assert statuses(outcome) == {
        "test-double-one": "passed",
        "test-triple-one": "stopped",
        "test-triple-two": "passed",  # with the helper that the lost test had defined
    }
    assert "exit code 3" in messages(outcome)["test-triple-one"]
    assert outcome.state == GRADED


def test_an_answer_that_never_comes_back_costs_its_own_test(parent, tmp_path):
    slow = "def triple(x):\n    while x == 5:\n        pass\n    return 3 * x"
    limits = dataclasses.replace(LIMITS, cell_seconds=5)
    outcome = Exam(*PAIR).grade(tmp_path, parent, {"triple": slow}, limits=limits)
    assert statuses(outcome)["test-triple-one"] == "too slow"
    assert statuses(outcome)["test-triple-two"] == "passed"
    assert "5 s" in messages(outcome)["test-triple-one"]


def test_a_cell_that_ends_its_process_is_left_out_of_the_next_one(parent, tmp_path):
    fatal = "import os\nos.kill(os.getpid(), 9)"
    outcome = Exam(*PAIR).grade(tmp_path, parent, extra=[(1, fatal)])
    assert outcome.earned == 6
    assert any("left out" in note for note in outcome.notes)


def test_too_much_memory_ends_the_process_and_says_so(parent, tmp_path):
    greedy = (
        "def triple(x):\n    import time\n    kept = []\n    for _ in range(90):\n"
        "        kept.append(bytearray(10_000_000))\n        time.sleep(0.005)\n"
        "    time.sleep(3)\n    return 3 * x"
    )
    limits = dataclasses.replace(LIMITS, memory=250 * MEBIBYTE, cell_seconds=8)
    outcome = Exam(*PAIR).grade(tmp_path, parent, {"triple": greedy}, limits=limits)
    assert statuses(outcome)["test-triple-one"] == "stopped"
    assert "more than 250 MiB of memory" in messages(outcome)["test-triple-one"]
    assert statuses(outcome)["test-double-one"] == "passed"


def test_after_too_many_ends_the_rest_is_left_out_with_a_reason(parent, tmp_path):
    tests = [cell(f"test-f-{i}", f"f({i})", 1) for i in range(7)]
    exam = Exam(answer("f", "def f(x):\n    pass"), *tests)
    outcome = exam.grade(tmp_path, parent, {"f": "def f(x):\n    import os; os._exit(0)"})
    counted = list(statuses(outcome).values())
    assert counted[0] == "stopped" and counted[-1] == "not run"
    assert counted.count("stopped") == LIMITS.restarts + 1
    assert "process or did not answer 5 times" in messages(outcome)["test-f-6"]
    assert outcome.earned == 0


def test_the_time_of_a_submission_ends_it_with_a_reason(parent, tmp_path):
    slow = "def double(x):\n    import time\n    time.sleep(1.5)\n    return 2 * x"
    limits = dataclasses.replace(LIMITS, submission_seconds=1)
    outcome = Exam(*PAIR).grade(tmp_path, parent, {"double": slow}, limits=limits)
    assert statuses(outcome)["test-triple-two"] == "not run"
    assert "time for the whole submission (1 s)" in messages(outcome)["test-triple-two"]


@pytest.fixture
def losing(monkeypatch):
    """A function that has examiners killed when they are to take a cell, once each for the names given."""

    def lose(*names):
        left, request = list(names), Sitting._request

        def kill(self, position):
            if left and self.rebuilt.cells[position].name == left[0]:
                left.pop(0)
                os.kill(self.examiner.pid, signal.SIGKILL)
                while self.examiner.alive():
                    time.sleep(0.01)
            return request(self, position)

        monkeypatch.setattr(Sitting, "_request", kill)
        return left

    return lose


def test_an_examiner_that_is_lost_calls_a_person_and_later_cells_are_still_judged(parent, tmp_path, losing):
    losing("test-triple-one")
    own = cell("test-triple-own", "assert triple(2) == 6", 4)
    outcome = Exam(*PAIR, own).grade(tmp_path, parent)
    assert statuses(outcome) == {
        "test-double-one": "passed",
        "test-triple-one": "manual",
        "test-triple-two": "manual",  # it uses the helper that the lost test was to define
        "test-triple-own": "passed",
    }
    earned = {one.grade_id: one.earned for one in outcome.notebooks[0].cells}
    assert earned["test-triple-one"] is earned["test-triple-two"] is None
    assert "'helper' of the cell 'test-triple-one'" in messages(outcome)["test-triple-two"]
    assert outcome.state == NEEDS_A_LOOK
    assert "could not judge 'test-triple-one', 'test-triple-two'" in outcome.reason


WAYS = {
    "a function": "def judge(x):\n    assert triple(x) == 3 * x",
    "an import": "from operator import truth as judge\nassert triple(1) == 3",
    "all of a module": "from os import *\ntriple(1)",
    "a loop": "for judge in [lambda x: 1 / (triple(x) == 3 * x)]:\n    pass",
    "a walrus": "(judge := lambda x: 1 / (triple(x) == 3 * x))",
    "a comprehension": "[judge := (lambda x: 1 / (triple(x) == y * x)) for y in [3]]",
    "a tuple": "judge, other = [lambda x: 1 / (triple(x) == 3 * x)] * 2",
    "a context": "from contextlib import nullcontext\n"
    "with nullcontext(lambda x: 1 / (triple(x) == 3 * x)) as judge:\n    pass",
    "a match": "match [lambda x: 1 / (triple(x) == 3 * x)]:\n    case [judge]:\n        pass",
    "a class": "class judge:\n    def __init__(self, x):\n        assert triple(x) == 3 * x",
    "a global": "def define():\n    global judge\n    judge = lambda x: 1 / (triple(x) == 3 * x)\ndefine()",
    "a dictionary": "globals()['judge'] = lambda x: 1 / (triple(x) == 3 * x)",
}


@pytest.mark.parametrize("source", WAYS.values(), ids=WAYS)
def test_what_a_lost_cell_was_to_define_is_not_the_answers_to_define(parent, tmp_path, losing, source):
    losing("test-triple-one")
    forged = "def triple(x):\n    return 0\ndef judge(x):\n    return None"
    swallowed = "try:\n    judge(5)\nexcept NameError:\n    pass"
    in_class = "class Both:\n    verdict = judge(5)"
    cells = [
        cell(f"test-triple-{number}", text, 1)
        for number, text in enumerate(["judge(5)", swallowed, in_class, "assert triple.__name__ == 'triple'"])
    ]
    exam = Exam(*PAIR[:4], cell("test-triple-one", source, 1), *cells)
    outcome = exam.grade(tmp_path, parent, {"triple": forged})
    found = statuses(outcome)
    whole = source in (WAYS["all of a module"], WAYS["a dictionary"])  # then no name of the answer's is safe
    assert [found[one.metadata.nbgrader.grade_id] for one in cells] == [
        *["manual"] * 3,
        "manual" if whole else "passed",
    ]


def test_a_name_that_a_later_cell_defines_again_is_known_again(parent, tmp_path, losing):
    losing("test-triple-one")
    again = cell(
        "test-triple-again", "helper = 7\nclass Kept:\n    value = helper\nassert Kept.value == 7", 1
    )
    outcome = Exam(*PAIR[:5], again, cell("test-triple-last", "assert triple(helper) == 21", 1)).grade(
        tmp_path, parent
    )
    assert statuses(outcome)["test-triple-again"] == statuses(outcome)["test-triple-last"] == "passed"


def test_what_stood_for_a_name_before_the_lost_cell_is_not_taken_for_it(parent, tmp_path, losing):
    losing("test-triple-one")
    early = cell("test-triple-early", "import math\nbound = math.inf", 1)
    late = cell("test-triple-one", "import math\nbound = 1e-9", 1)
    uses = cell("test-triple-two", "assert abs(triple(1) - 3) < bound", 1)
    module = cell("test-triple-three", "assert math.isclose(triple(1), 3)", 1)
    outcome = Exam(*PAIR[:4], early, late, uses, module).grade(tmp_path, parent)
    assert statuses(outcome)["test-triple-two"] == "manual"
    assert statuses(outcome)["test-triple-three"] == "passed"


@pytest.mark.parametrize("lost", ["set-up", "double", "triple"])
def test_behind_a_lost_cell_that_is_no_test_a_person_judges_everything(parent, tmp_path, losing, lost):
    losing(lost)
    outcome = Exam(*PAIR).grade(tmp_path, parent)
    found = list(statuses(outcome).values())
    assert found == (["passed"] if lost == "triple" else ["manual"]) + ["manual"] * 2
    assert outcome.state == NEEDS_A_LOOK
    assert f"at '{lost}'" in outcome.reason


def test_an_examiner_that_is_lost_while_it_goes_through_earlier_cells_is_laid_to_the_cell_it_was_at(
    parent, tmp_path, losing
):
    left = losing("test-triple-one", "test-double-one")  # the second while another examiner catches up
    outcome = Exam(*PAIR, cell("test-triple-own", "assert triple(2) == scale * 2", 4)).grade(tmp_path, parent)
    assert not left
    assert statuses(outcome) == {
        "test-double-one": "passed",
        "test-triple-one": "manual",
        "test-triple-two": "manual",
        "test-triple-own": "passed",
    }
    assert "at 'test-triple-one', 'test-double-one'" in outcome.reason


def test_an_examiner_that_is_lost_over_the_set_up_the_second_time_closes_the_examination(
    parent, tmp_path, losing
):
    losing("test-double-one", "set-up")
    outcome = Exam(*PAIR).grade(tmp_path, parent)
    assert set(statuses(outcome).values()) == {"manual"}


def test_of_two_notebooks_one_that_is_missing_earns_nothing(parent, tmp_path):
    second = (answer("g", "def g():\n    return 1"), cell("test-g-one", "assert g() == 1", 4))
    outcome = Exam(*PAIR, more=second).grade(tmp_path, parent, only=["exam"])
    assert (outcome.earned, outcome.points) == (6, 10)
    assert statuses(outcome)["test-g-one"] == "not run"
    assert any("more.ipynb was not handed in" in note for note in outcome.notes)


def test_what_cannot_be_read_is_rejected_with_a_reason(parent, tmp_path):
    (tmp_path / "exam.ipynb").write_text("{")
    outcome = grade_submission("eve", Exam(*PAIR).assignment, tmp_path, parent, LIMITS)
    assert outcome.state == REJECTED
    assert "exam.ipynb" in outcome.reason
    assert outcome.notebooks == []


def test_an_answer_that_a_person_grades_waits_for_one_and_an_empty_one_earns_nothing(parent, tmp_path):
    essay = cell("essay", "My words.", 5, solution=True, kind="markdown", grade=True)
    code = cell("program", "x = 1", 2, solution=True, grade=True)
    outcome = Exam(*PAIR, essay, code).grade(tmp_path, parent, {"program": STUB})
    earned = {one.grade_id: (one.status, one.earned) for one in outcome.notebooks[0].cells}
    assert earned["essay"] == ("manual", None)
    assert earned["program"] == ("not written", 0.0)
    assert (outcome.state, outcome.earned) == (GRADED, 6)


@pytest.mark.parametrize("points", ["float('nan')", "float('inf')", "-1", "1000"])
def test_a_score_that_cannot_be_calls_a_person(parent, tmp_path, points):
    exam = Exam(answer("f", "def f():\n    return 1"), cell("test-f-one", "f()", 3))
    outcome = exam.grade(tmp_path, parent, {"f": f"def f():\n    return {points}"})
    assert outcome.state == NEEDS_A_LOOK
    assert outcome.earned == 0
    assert statuses(outcome)["test-f-one"] == "manual"


def test_locked_cells_after_the_last_test_are_looked_at_by_nobody_but_run(parent, tmp_path):
    looked = cell("look", "print(triple(2), 'seen')", locked=True)
    outcome = Exam(*PAIR, looked).grade(tmp_path, parent)
    assert outcome.earned == 6
    assert outcome.notebooks[0].notebook["cells"][-1]["outputs"][0]["text"] == "6 seen\n"


def test_what_a_set_up_imports_is_imported_once(tmp_path):
    source = "import sys\nthere = 'wave' in sys.modules\nimport wave"
    exam = Exam(
        cell("set-up", source, locked=True),
        answer("f", "def f():\n    return there"),
        cell("test-f-one", "assert f() or not there\nprint(there)", 1),
    )
    printed = []
    with WarmParent(LIMITS, IMPORTS) as parent:
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            outcome = exam.grade(tmp_path / name, parent)
            printed.append(outcome.notebooks[0].notebook["cells"][-1])
    assert [one["outputs"][0]["text"] for one in printed] == ["False\n", "True\n"]


def test_a_set_up_that_fails_before_any_answer_is_looked_at(parent, tmp_path):
    """As on a machine without a package that the assignment needs: no class gets 0 in silence."""
    lacking = cell("set-up", "import not_installed_here\nscale = 3", locked=True)
    outcome = Exam(lacking, *PAIR[1:]).grade(tmp_path, parent)
    assert outcome.state == NEEDS_A_LOOK
    assert "'set-up' failed before any answer ran" in outcome.reason
    assert "not_installed_here" in outcome.reason


def test_a_locked_cell_that_fails_because_of_an_answer_costs_what_needs_it(parent, tmp_path):
    between = cell("between", "six = double(3).real", locked=True)
    wrong = {"double": "def double(x):\n    pass"}
    outcome = Exam(*PAIR[:2], between, *PAIR[2:]).grade(tmp_path, parent, wrong)
    assert outcome.state == GRADED
    assert any("'between' stopped with an error" in note for note in outcome.notes)


def test_files_of_the_assignment_are_there_for_answers_and_tests(parent, tmp_path):
    cells = (
        cell("set-up", "import ours\nlimit = int(open('limit.txt').read())", locked=True),
        answer(
            "double", "def double(x):\n    return ours.twice(x) if open('limit.txt').read() == '7' else 0"
        ),
        cell("test-double-file", "assert double(limit) == ours.twice(limit) == 14", 1),
    )
    files = {"limit.txt": b"7", "ours.py": b"def twice(x):\n    return 2 * x\n"}
    outcome = Exam(*cells, files=files).grade(tmp_path, parent)
    assert statuses(outcome) == {"test-double-file": "passed"}, messages(outcome)


def test_a_test_that_ends_the_examiner_costs_no_other_test(parent, tmp_path):
    fatal = cell("test-double-fatal", "import os\nos._exit(1)", 1)
    outcome = Exam(*PAIR[:2], fatal, *PAIR[2:]).grade(tmp_path, parent)
    assert statuses(outcome) == {
        "test-double-fatal": "manual",
        "test-double-one": "passed",
        "test-triple-one": "passed",
        "test-triple-two": "passed",
    }
    assert outcome.state == NEEDS_A_LOOK


def test_where_no_examiner_holds_a_person_judges_the_rest(parent, tmp_path):
    fatal = [cell(f"test-double-{number}", "import os\nos._exit(1)", 1) for number in range(4)]
    outcome = Exam(*PAIR[:2], *fatal, PAIR[2]).grade(tmp_path, parent)
    assert set(statuses(outcome).values()) == {"manual"}
    assert {one.earned for one in outcome.notebooks[0].cells} == {None}


def test_what_all_cells_show_together_is_bounded(parent, tmp_path, monkeypatch):
    monkeypatch.setattr(session, "OUTPUT_BYTES", 2 * MEBIBYTE)
    shown = [(1, "print('x' * 900_000)")] * 4
    outcome = Exam(*PAIR).grade(tmp_path, parent, extra=shown)
    texts = [
        output["text"]
        for one in outcome.notebooks[0].notebook["cells"]
        for output in one.get("outputs", [])
        if output["output_type"] == "stream"
    ]
    assert len(texts) == 4
    assert sum(map(len, texts)) < 2 * MEBIBYTE
    assert [text for text in texts if "more than 2 MiB" in text] == texts[2:]
    assert outcome.earned == 6
