"""Verdicts, outputs and restarts, and an examiner that survives whatever the student's process answers."""

import json
import os
import re
import time

import forgers
import pair
import pytest

from coursepkg.grading.limits import Limits

SMALL = Limits(output_bytes=20_000, message_bytes=2**20)


@pytest.fixture(scope="module")
def warm():
    with pair.Warm("matplotlib.pyplot") as process:
        yield process


@pytest.fixture(scope="module")
def cells(warm):
    with pair.Pair(warm, SMALL) as examination:
        examination.run("locked", "import numpy as np\nfrom coursepkg.checks import *")
        yield examination


@pytest.fixture
def fresh(warm):
    with pair.Pair(warm, SMALL) as examination:
        examination.run("locked", "import numpy as np\nfrom coursepkg.checks import *")
        yield examination


# What a test cell earns.


@pytest.mark.parametrize(
    ("source", "status", "earned"),
    [
        ("assert True", "passed", 4.0),
        ("", "passed", 4.0),
        ("'text'", "passed", 4.0),
        ("None", "passed", 4.0),
        ("4", "passed", 4.0),
        ("1.5", "partial", 1.5),
        ("np.float32(0.5) + 1", "partial", 1.5),
        ("0", "failed", 0.0),
        ("99;", "passed", 4.0),
        ("float('nan')", "manual", None),
        ("float('inf')", "manual", None),
        ("-0.5", "manual", None),
        ("4.001", "manual", None),
        ("10**400", "manual", None),
        ("True", "manual", None),
        ("np.True_", "manual", None),
        ("assert False", "failed", 0.0),
        ("assert 1 == 2, 'one is not two'", "failed", 0.0),
        ("raise CheckFailed('look again')", "failed", 0.0),
        ("raise NotImplementedError('later')", "not written", 0.0),
        ("1 / 0", "error", 0.0),
        ("raise SystemExit(0)", "error", 0.0),
        ("raise KeyboardInterrupt", "too slow", 0.0),
        ("this is no Python", "error", 0.0),
        ("unknown", "error", 0.0),
        ("import asyncio\nawait asyncio.sleep(0)\n1.0", "partial", 1.0),
        ("%matplotlib inline\nassert True", "passed", 4.0),
    ],
)
def test_a_verdict(cells, source, status, earned):
    answer = cells.test(source, points=4)
    assert (answer["status"], answer["earned"], answer["student"]) == (status, earned, "ok")
    assert bool(answer["message"]) == (status != "passed")


def test_messages_say_where_in_the_student_s_code_it_came_up(cells):
    cells.run("solution", "def unwritten():\n    raise NotImplementedError('Still to be written.')", "answer")
    assert cells.fails("unwritten()") == ("not written", "unwritten is still to be written.")
    cells.run("solution", "def broken(x):\n\n    return [1, 2][x]", "answer")
    status, message = cells.fails("broken(5)")
    assert message == "IndexError: list index out of range. It came up in broken (line 3 of its cell)."
    cells.run("solution", "1 / 0\ndef renamed(): pass", "other-answer")
    status, message = cells.fails("renamed()")
    assert status == "error"
    assert "name 'renamed' is not defined" in message
    assert "Cell 'other-answer' stopped with ZeroDivisionError" in message


def test_nothing_that_is_shown_holds_a_line_of_a_test(cells):
    cells.student_runs("def raises(x):\n    raise ValueError('mine')")
    for source in (
        "hidden_name = 12345\nraises(hidden_name)",
        "hidden_name = 12345\nassert hidden_name == raises",
        "def hidden_name():\n    return 1 / 0\nhidden_name()",
        "hidden_name = (",
    ):
        answer = cells.test(source)
        assert "hidden_name" not in json.dumps(answer), answer


def test_a_failing_cell_of_the_student_shows_their_own_lines_alone(cells):
    answer = cells.run(
        "solution", "def f(x):\n    return g(x)\n\ndef g(x):\n    return 1 / x\n\nf(0)", "my-cell"
    )
    assert answer["status"] == "error"
    assert answer["message"] == "ZeroDivisionError: division by zero"
    (error,) = [one for one in answer["outputs"] if one["output_type"] == "error"]
    trace = "\n".join(error["traceback"])
    assert "In cell my-cell, line 5, in g\n    return 1 / x\nZeroDivisionError: division by zero" in trace
    assert "coursepkg" not in trace
    assert "IPython" not in trace


def test_locked_cells_run_on_both_sides_and_the_examiner_s_is_beyond_reach(fresh):
    fresh.run("locked", "def helper(x):\n    return x + 1\nlimit = 10")
    fresh.student_runs("def helper(x):\n    return 'forged'\nlimit = 'forged'\nnp.allclose = lambda *a: True")
    fresh.passes("assert helper(1) == 2 and limit == 10 and not np.allclose(1, 2)")
    fresh.student_runs("import coursepkg.checks as c\nc.check_close = c.check_equal = lambda *a, **k: None")
    assert fresh.fails("check_close(1.0, 2.0)")[0] == "failed"
    fresh.student_runs("def forged():\n    np.testing.assert_allclose = lambda *a: None\n    return 1.0")
    assert fresh.fails("np.testing.assert_allclose(forged(), 2.0)")[0] == "failed"


def test_a_locked_cell_that_the_student_broke_is_named(fresh):
    fresh.student_runs("int = None", "code")
    answer = fresh.run("locked", "number = int('3')", "set-up-2")
    assert answer["status"] == "error"
    assert "TypeError" in answer["message"]
    fresh.passes("assert number == 3")


def test_hidden_inputs_are_new_whatever_a_cell_put_into_the_environment(cells):
    cells.test("import os\nos.environ['COURSEPKG_CHECK_SEED'] = '1'")
    cells.passes("import os\nassert 'COURSEPKG_CHECK_SEED' not in os.environ")


# What is printed and shown.


def test_text_on_any_stream_costs_nothing_and_is_kept(cells):
    cells.student_runs(
        "import logging, os, subprocess, sys, warnings\n\ndef noisy():\n"
        "    print('printed')\n    print('to stderr', file=sys.stderr)\n    warnings.warn('warned')\n"
        "    logging.getLogger('x').error('logged')\n    os.write(1, b'written\\n')\n"
        "    subprocess.run(['echo', 'echoed'])\n    sys.stdout.buffer.write(b'raw\\n')\n    return 1"
    )
    outputs = cells.passes("print('by the test')\nassert noisy() == 1")
    assert pair.printed(outputs).count("\n") == 5
    for word in ("by the test", "printed", "written", "echoed", "raw"):
        assert word in pair.printed(outputs)
    for word in ("to stderr", "UserWarning: warned", "logged"):
        assert word in pair.printed(outputs, "stderr")


def test_magics_shell_lines_display_and_await_work_in_the_student_s_cells(cells):
    outputs = cells.student_runs(
        "%matplotlib inline\nimport asyncio\nawait asyncio.sleep(0)\n"
        "!echo from the shell\ndisplay([1, 2])\n'a value'",
        "code",
    )
    assert pair.printed(outputs) == "from the shell\n"
    assert [one["data"]["text/plain"] for one in outputs if "data" in one] == ["[1, 2]", "'a value'"]
    assert outputs[-1]["output_type"] == "execute_result"
    outputs = cells.student_runs("%%timeit -n1 -r1\n1 + 1", "code")
    assert "loop each" in pair.printed(outputs)


def test_figures_become_pictures_and_count_as_output(warm, cells):
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n'after'"

    def pictures(outputs):
        return [one["data"]["image/png"] for one in outputs if "image/png" in one.get("data", {})]

    with pair.Pair(warm) as examination:
        outputs = examination.student_runs(source, "code")
        assert [picture[:5] for picture in pictures(outputs)] == ["iVBOR"]
        assert pair.printed(outputs, "stderr") == ""
        examination.student_runs("def draws():\n    plt.plot([1])")
        assert len(pictures(examination.passes("draws()"))) == 1
    outputs = cells.student_runs(source, "code")
    assert pictures(outputs) == []
    assert "Output was cut" in pair.printed(outputs, "stderr")


def test_a_flood_is_cut_while_it_streams_and_the_cell_counts(cells):
    cells.student_runs(
        "def flood():\n    for _ in range(300):\n"
        "        print('x' * 10_000)\n        os.write(2, b'y' * 10_000)\n"
        "    print('\\N{GRINNING FACE}' * 100_000, '\\ud800', '\\x00')\n    return 1"
    )
    answer = cells.test("assert flood() == 1")
    assert answer["status"] == "passed"
    assert len(json.dumps(answer["outputs"])) < SMALL.output_bytes + 2000
    assert "Output was cut" in pair.printed(answer["outputs"], "stderr")
    outputs = cells.student_runs("print('\\ud800 \\x00 kept')", "code")
    pair.printed(outputs).encode()  # no lone surrogate is left
    assert "kept" in pair.printed(outputs)


def test_input_does_not_wait(cells):
    answer = cells.run("code", "input('name? ')", seconds=10)
    assert (answer["status"], answer["student"]) == ("error", "ok")


# Processes that end, hang or forge.


@pytest.mark.parametrize(
    "source",
    [
        "os._exit(0)",
        "sys.exit(0)",
        "raise SystemExit",
        "raise KeyboardInterrupt",
        "os.kill(os.getpid(), 9)",
        "os.closerange(3, 100)",
    ],
)
def test_a_process_that_ends_costs_the_question_alone(fresh, source):
    fresh.student_runs(f"import os, sys\n\ndef ends():\n    {source}\n\ndef good():\n    return 1")
    answer = fresh.test("try:\n    ends()\nexcept BaseException:\n    pass")
    assert (answer["status"], answer["earned"], answer["student"]) == ("stopped", 0.0, "gone")
    assert "ended" in answer["message"]
    assert fresh.restart()["ok"]
    fresh.passes("assert good() == 1")


def test_a_call_that_never_returns_is_too_slow(fresh):
    fresh.student_runs("def hangs():\n    while True:\n        pass\n\ndef good():\n    return 1")
    answer = fresh.test("hangs()", seconds=1)
    assert (answer["status"], answer["earned"], answer["student"]) == ("too slow", 0.0, "slow")
    assert "No answer within 1 s" in answer["message"]
    assert fresh.restart()["ok"]
    fresh.passes("assert good() == 1")


def test_a_test_that_never_ends_is_too_slow_and_the_student_s_process_lives(fresh):
    fresh.student_runs("count = 1")
    for source in (
        "while True:\n    pass",
        "try:\n    while True:\n        pass\nexcept BaseException:\n    pass",
        "import time\ntime.sleep(30)",
    ):
        answer = fresh.test(source, seconds=0.5)
        assert (answer["status"], answer["earned"], answer["student"]) == ("too slow", 0.0, "ok")
    fresh.passes("assert count == 1")


def test_an_endless_iterator_is_too_slow(fresh):
    fresh.student_runs("def endless():\n    while True:\n        yield 1")
    answer = fresh.test("list(endless())", seconds=1)
    assert (answer["status"], answer["student"]) == ("too slow", "slow")


def test_a_cell_that_ended_the_process_is_left_out_of_the_next_one(fresh):
    fresh.student_runs("ran = ['first']")
    answer = fresh.run("solution", "import os\nran.append('never')\nos._exit(1)", "ends")
    assert (answer["status"], answer["student"]) == ("error", "gone")
    assert fresh.restart()["ok"]
    answer = fresh.run("code", "while True: pass", "hangs", seconds=0.5)
    assert (answer["status"], answer["student"]) == ("error", "slow")
    assert fresh.restart()["ok"]
    fresh.student_runs("ran.append('last')")
    fresh.passes("assert ran == ['first', 'last']")


def test_objects_of_a_process_that_ended_are_named_as_lost(fresh):
    fresh.student_runs("import os\n\nclass Kept:\n    value = 1\n\ndef ends():\n    os._exit(1)")
    fresh.passes("kept, others = Kept(), [Kept()]\nassert kept.value == 1")
    fresh.test("ends()")
    fresh.restart()
    status, message = fresh.fails("others[0].value")
    assert (status, "has ended since" in message) == ("error", True)
    fresh.passes("assert Kept().value == 1")


def test_a_cell_without_a_process_is_not_run(fresh):
    fresh.student_runs("import os\ndef ends():\n    os._exit(1)")
    fresh.test("ends()")
    assert fresh.test("assert True")["status"] == "not run"
    fresh.run("solution", "late = 1")
    fresh.restart()
    fresh.passes("assert late == 1")


@pytest.mark.parametrize("name", forgers.FORGERS)
def test_a_forged_answer_earns_nothing_and_harms_nothing(warm, name):
    with pair.Pair(warm, SMALL, f"forgers:serve_{name}") as examination:
        assert examination.met["ok"]
        answer = examination.test("assert f(lambda: 1) == 1 and f(2) == 1", seconds=1)
        assert answer["earned"] == 0.0, answer
        assert answer["status"] in ("stopped", "too slow", "failed", "error"), answer
        assert "script" not in json.dumps(answer["outputs"])
        assert answer["seconds"] < 10
        if answer["status"] == "stopped":
            assert answer["student"] in ("gone", "broken")
            assert answer["message"]
        examination.restart()
        examination.student_runs("def f(x):\n    return 1")
        examination.passes("assert f(lambda: 1) == 1")


def test_forged_purity_is_refused(warm):
    with pair.Pair(warm, SMALL, "forgers:serve_changes_of_its_own") as examination:
        answer = examination.test(
            "from coursepkg.checks import check_pure\nimport numpy as np\ncheck_pure(f, {'x': np.zeros(2)})"
        )
        assert (answer["status"], answer["student"]) == ("stopped", "broken")


def test_values_that_are_too_large_are_an_error_that_names_it(cells):
    cells.student_runs(
        "def large():\n    return np.zeros(10_000_000)\n\n"
        "def deep():\n    x = []\n    x.append(x)\n    return x"
    )
    for call, word in (("large()", "MiB"), ("deep()", "levels deep")):
        status, message = cells.fails(call)
        assert status == "error"
        assert word in message
    cells.student_runs("def takes(x):\n    return len(x)")
    _, message = cells.fails("takes(np.zeros(10_000_000))")
    assert "MiB" in message
    cells.passes("assert takes(np.zeros(10)) == 10")


@pytest.mark.parametrize("value", ["np.zeros(10_000_000)", "[chr(0) * 4000] * 1000"], ids=["array", "texts"])
def test_what_a_test_s_own_function_returns_too_large_is_not_laid_to_the_answer(cells, value):
    cells.student_runs("def apply(function):\n    return len(function())")
    answer = cells.test(f"apply(lambda: {value})")
    assert (answer["status"], answer["student"]) == ("error", "ok"), answer
    assert re.search(r"MiB|characters|larger", answer["message"]), answer
    assert "our code" not in answer["message"]


STRANGE = [
    "np.array([1, 'a', None], object)",
    "np.array([(1, 2.0)], 'i4,f8')",
    "np.zeros((0, 3))",
    "np.array(float('nan'))",
    "np.float64('inf')",
    "np.array(['\\ud800'])",
    "'\\ud800' * 5",
    "10**5000",
    "{1: {2: [3]}}",
    "{float('nan'), float('nan')}",
    "np.ma.masked_array([1.0, 2.0], [True, False])",
    "np.array([1, 2], '>i4')",
    "np.datetime64('2020-01-01')",
    "np.longdouble(1)",
    "np.broadcast_to(np.float64(1), (10**4, 10**4, 10**4))",
    "range(10**15)",
    "(x for x in ())",
    "open('/dev/null')",
    "type",
    "NotImplemented",
    "float",
    "np",
    "lambda: 1",
    "1 + 2j",
    "b'abc'",
    "memoryview(b'abc')",
    "iter(int, 1)",
]


@pytest.mark.parametrize("value", STRANGE)
def test_strange_results_fail_a_check_with_a_message_and_nothing_else(cells, value):
    cells.student_runs(f"def strange():\n    return {value}")
    for check in (
        "check_close(strange(), [2.5])",
        "check_equal(strange(), 'x')",
        "check_equal(strange(), {1: 2})",
    ):
        answer = cells.test(check, seconds=20)
        assert answer["earned"] == 0.0
        assert answer["status"] in ("failed", "error"), answer
        assert answer["student"] == "ok", answer
        assert answer["message"]
        json.dumps(answer["message"]).encode()


def test_the_examiner_ends_with_its_worker(warm):
    examination = pair.Pair(warm, SMALL)
    examination.examination.stop()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(examination.examiner.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.02)
    else:
        raise AssertionError("the examiner is still there")
    examination.student.end()
