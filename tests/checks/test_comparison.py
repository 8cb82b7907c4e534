"""check_close, check_equal and check_shapes: any form of the right value passes, wrong ones are diagnosed."""

import keras
import numpy as np
import pytest

from coursepkg.checks import CheckFailed, check_close, check_equal, check_results, check_shapes, generator

RIGHT = np.arange(12.0).reshape(3, 4) ** 1.5 - 4
SQUARE = generator(1).normal(size=(4, 4))


class ArrayLike:
    def __array__(self, dtype=None, copy=None):
        return RIGHT


class Liar(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)


@pytest.mark.parametrize(
    "value",
    [
        RIGHT,
        RIGHT.tolist(),
        tuple(map(tuple, RIGHT)),
        ArrayLike(),
        np.asfortranarray(RIGHT),
        np.ma.array(RIGHT),
    ],
    ids=["array", "list", "tuple", "array-like", "fortran", "masked"],
)
def test_every_form_of_the_right_value_passes(value):
    check_close(value, RIGHT)
    check_equal(value, RIGHT)
    check_shapes(value, (3, 4))


@pytest.mark.filterwarnings("error")  # a warning is stderr, and stock nbgrader scores that zero
def test_keras_tensors_and_variables_pass():
    tensor = keras.ops.convert_to_tensor(RIGHT.astype("float32"))
    check_close(tensor, RIGHT, relative=1e-5)
    check_close(keras.Variable(RIGHT.astype("float32")), RIGHT, relative=1e-5)
    check_shapes(tensor, (3, 4))


def test_symbolic_tensor_is_named():
    with pytest.raises(CheckFailed, match="KerasTensor that cannot be read as an array"):
        check_close(keras.Input((3,)), RIGHT)


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (None, "result is None. Does the function end with a return"),
        (np.tanh, "is a function or a class"),
        ("0.5", "is text"),
        ({"a": 1}, "is a dict"),
        ([[1.0], [1.0, 2.0]], "entries differ in shape"),
        ([None, 1.0], "has None among its entries"),
        (object(), "numbers were expected"),
        (np.where(RIGHT > 3, np.nan, RIGHT), "contains NaN at"),
        (np.where(RIGHT > 3, np.inf, RIGHT), "an infinite value"),
        (RIGHT * 1j, "complex"),
        (RIGHT.T, r"shape \(4, 3\), expected .*\(3, 4\). Axes 0 and 1 are exchanged"),
        (RIGHT[None], r"Axis 0 \(size 1\) is one too many"),
        (RIGHT[0], r"Axis 0 \(size 3\) is missing"),
        (RIGHT[:2], "Axis 0 has size 2 instead of 3"),
        (1.0, r"shape \(\), expected .*\(3, 4\). It has 0 axes"),
        (0 * RIGHT, "is zero everywhere"),
        (-RIGHT, "has the wrong sign everywhere"),
        (RIGHT / 3, r"1/batch \(1/3\): is a mean"),
        (2 * RIGHT, "factor of 2 everywhere"),
        (RIGHT + 0.5, "too large by 0.5 in every entry"),
        (RIGHT - 0.5, "too small by 0.5 in every entry"),
        (RIGHT[::-1], r"reverse order along axis 0 \(batch\)"),
        (np.roll(RIGHT, 1, axis=1), r"one place too late along axis 1 \(units\)"),
        (np.roll(RIGHT, -1, axis=1), "one place too early"),
        (RIGHT + np.array([[0], [0], [1]]), r"only at indices \[0, 1\] of axis 0 \(batch\)"),
        (
            np.tile(RIGHT[-1:], (3, 1)),
            r"same values at every place of axis 0 \(batch\)\. Is one array written over",
        ),
        (RIGHT * (1 + 1e-3 * SQUARE[:3]), "differs in every entry. The largest difference is at"),
        (RIGHT.astype(int), "holds integers: fractions are lost"),
    ],
)
def test_message_names_the_fault(got, message):
    with pytest.raises(CheckFailed, match=message):
        check_close(got, RIGHT, axes=("batch", "units"), sizes={"batch": 3})


def test_transposed_square():
    with pytest.raises(CheckFailed, match="is transposed"):
        check_close(SQUARE.T, SQUARE)


def test_message_shows_both_values_and_stays_short():
    with pytest.raises(CheckFailed) as caught:
        check_close(np.ones((50, 50)), np.arange(2500.0).reshape(50, 50), name="forward")
    text = str(caught.value)
    assert text.startswith("forward ")
    assert "expected: " in text and "got: " in text and len(text) < 700


def test_numbers():
    check_close(0.1 + 0.2, 0.3)
    with pytest.raises(CheckFailed, match="wrong sign"):
        check_close(-0.3, 0.3)
    with pytest.raises(CheckFailed, match=r"loss differs: expected 0.3, got 0.4"):
        check_close(0.4, 0.3, name="loss")


def test_lying_subclass_is_seen_through():
    with pytest.raises(CheckFailed, match="zero everywhere"):
        check_close(np.zeros((3, 4)).view(Liar), RIGHT)
    with pytest.raises(CheckFailed, match="zero everywhere"):
        check_equal(np.zeros((3, 4)).view(Liar), RIGHT)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        ([1, 2, 3], np.array([1, 2, 3])),
        (np.array([1, 2, 3], "int8"), [1, 2, 3]),
        ((1, 2), [1, 2]),
        (np.array([1, 0]), np.array([True, False])),
        (np.int64(3), 3),
        ("abc", "abc"),
        (["a", "b"], ("a", "b")),
        ({"a": [1, 2], "b": "c"}, {"b": "c", "a": np.array([1, 2])}),
        ([[1], [2, 3]], [[1], [2, 3]]),
        (None, None),
    ],
)
def test_equal_values_pass(got, expected):
    check_equal(got, expected)


@pytest.mark.parametrize(
    ("got", "expected", "message"),
    [
        (None, "abc", "is None. Does the function end with a return"),
        (3, "abc", "is of type int, str was expected"),
        ("cba", "abc", "in reverse order"),
        ("Abc", "abc", "upper and lower case only"),
        ("a bc", "abc", "spaces or line ends only"),
        ("ab", "abc", "has length 2, expected 3"),
        ("abd", "abc", "differs from character 2 on"),
        ([1, 2, 4], [1, 2, 3], r"right in 2 of 3 entries.*First at \[2\]"),
        ([1, 2], [1, 2, 3], "Axis 0 has size 2 instead of 3"),
        ([0, 1, 1], np.array([True, False, False]), "True and False exchanged"),
        ([True, True], np.array([True, False]), "differs in 1 of 2 entries"),
        ([0, 2], np.array([True, False]), "should be True or False"),
        (["a", "c"], ["a", "b"], r"result\[1\] differs from character 0"),
        (["a"], ["a", "b"], "has 1 entries, expected 2"),
        ("ab", ["a", "b"], "is of type str, 2 entries were expected"),
        ({"a": 1}, {"a": 1, "b": 2}, "has no entry 'b'; its keys are 'a'"),
        ({"a": 1, "c": 2}, {"a": 1}, "has the entry 'c', which was not asked for"),
        ([1], {"a": 1}, "a dict with the keys 'a' was expected"),
        ({"a": 2}, {"a": 1}, r"result\['a'\] differs: expected 1, got 2"),
    ],
)
def test_unequal_values(got, expected, message):
    with pytest.raises(CheckFailed, match=message):
        check_equal(got, expected)


def test_shapes_of_dicts_and_tuples():
    check_shapes({"a": np.ones(2), "b": 1.0}, {"a": (2,), "b": ()})
    check_shapes((np.ones(2), np.ones((1, 2))), [(2,), (1, 2)])


@pytest.mark.parametrize(
    ("value", "shape", "message"),
    [
        (None, {"a": (2,)}, "should be a dict with the keys 'a', but is None"),
        ({"b": 1}, {"a": (2,)}, "has no entry 'a'"),
        ({"a": np.ones(3)}, {"a": (2,)}, r'result\["a"\] has shape \(3,\), expected \(2,\)'),
        (np.ones((2, 3)), [(3,), (3,)], "should be 2 results in a tuple"),
        ((np.ones(2), np.ones(2)), [(2,), (3,)], r"result\[1\] has shape"),
        (np.ones((4, 2, 3)), (2, 4, 3), "Axes 0 and 1 are exchanged"),
        (np.ones((4, 2, 3)), (2, 3, 4), "The axes are in another order"),
    ],
)
def test_wrong_shapes(value, shape, message):
    with pytest.raises(CheckFailed, match=message):
        check_shapes(value, shape)


def test_names_of_axes_are_shown():
    with pytest.raises(CheckFailed, match=r"expected \(batch, units\) = \(3, 4\)"):
        check_shapes(RIGHT.T, (3, 4), axes=("batch", "units"), hint="Rows are examples.")


@pytest.mark.parametrize("value", [({"a": 1}, 2.0), [0, None]])
def test_two_results_pass(value):
    check_results(value, ("clipped", "norm"))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            None,
            r"return 2 results \(clipped and norm\), but what it returned is None \(is a return missing",
        ),
        ({"a": 1, "b": 2}, "is of type dict"),
        ((1, 2, 3), "is a tuple of 3"),
        (np.ones(2), "is of type ndarray"),
    ],
)
def test_another_number_of_results(value, message):
    with pytest.raises(CheckFailed, match=message):
        check_results(value, ("clipped", "norm"), "clip")


def test_small_numbers_are_shown_with_their_digits():
    with pytest.raises(CheckFailed, match=r"differs: expected 0\.0001, got 0\.000141421") as caught:
        check_close(1.41421e-4, 1e-4)
    assert "\n" not in str(caught.value)
    with pytest.raises(CheckFailed, match=r"got: +\[0?\.?1?\.?\d*(e-04)?, "):
        check_close(np.array([1.41e-4, 1e-4]), np.array([1e-4, 1e-4]))
