"""The hook for graders: nothing in one kernel, everything that a grader registers otherwise."""

import contextlib

import numpy as np
import pytest

from coursepkg import checks
from coursepkg.checks import boundary


@pytest.fixture
def grader():
    """A grader that notes what it is asked."""
    seen = []

    @contextlib.contextmanager
    def changes_come_back():
        seen.append("in")
        yield
        seen.append("out")

    boundary.register(lambda function: seen.append(function) or function, changes_come_back)
    yield seen
    boundary.register()


def test_in_one_kernel_a_library_is_itself():
    assert checks.beside(np.tanh) is np.tanh


def test_a_grader_says_how_a_library_is_called(grader):
    assert checks.beside(np.tanh)(0.0) == 0.0
    assert grader == [np.tanh]


@pytest.mark.parametrize(
    "check",
    [
        lambda: checks.check_pure(lambda values: values + 1, {"values": np.zeros((2, 3))}),
        lambda: checks.check_causal(lambda values: values.cumsum(axis=1), np.ones((2, 3))),
        lambda: checks.check_carries_state(lambda values: values.cumsum(axis=1), np.ones((2, 3))),
        lambda: checks.check_batch_independent(lambda values: values * 2, np.ones((2, 3))),
    ],
)
def test_checks_that_share_arguments_between_calls_say_so(grader, check):
    check()
    assert grader == ["in", "out"]


def test_the_context_is_left_when_a_check_fails(grader):
    def spoil(values):
        values += 1

    with pytest.raises(checks.CheckFailed, match="in place"):
        checks.check_pure(spoil, {"values": np.zeros(2)})
    assert grader[0] == "in"
    grader.clear()
    checks.check_pure(lambda values: values.sum(), {"values": np.zeros(2)})
    assert grader == ["in", "out"]
