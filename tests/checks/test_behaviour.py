"""What an output may depend on: causality, state, rows and purity."""

import keras
import numpy as np
import pytest

from coursepkg.checks import (
    CheckFailed,
    check_batch_independent,
    check_carries_state,
    check_causal,
    check_pure,
    generator,
)

INPUTS = generator(7).normal(size=(3, 5, 2))


def recur(inputs, decay=0.5):
    hidden, outputs = np.zeros_like(inputs[:, 0]), []
    for step in range(inputs.shape[1]):
        hidden = np.tanh(inputs[:, step] + decay * hidden)
        outputs.append(hidden)
    return np.stack(outputs, axis=1)


def over_the_batch(inputs):
    return np.swapaxes(recur(np.swapaxes(inputs, 0, 1)), 0, 1)


@pytest.fixture(scope="module")
def layer():
    return keras.layers.GRU(4, return_sequences=True)


@pytest.mark.parametrize("check", [check_causal, check_carries_state, check_batch_independent])
def test_recurrence_passes(check, layer):
    check(recur, INPUTS)
    check(lambda inputs: recur(inputs).tolist(), INPUTS)
    check(layer, INPUTS.astype("float32"))


def test_integer_inputs_are_replaced_by_ids_that_occur():
    ids = np.array([[1, 2, 3, 1], [3, 1, 2, 2]])
    table = np.eye(4)
    check_causal(lambda ids: recur(table[ids]), ids)
    check_batch_independent(lambda ids: recur(table[ids]), ids)
    with pytest.raises(CheckFailed, match="output at step 0 changes"):
        check_causal(lambda ids: np.flip(recur(np.flip(table[ids], 1)), 1), ids)


NOT_CAUSAL = {
    "mean over time": (
        lambda x: x - x.mean(axis=1, keepdims=True),
        "step 0 changes .* after step 0 do. It can see",
    ),
    "next step": (lambda x: np.roll(x, -1, axis=1), "step 0 changes .* It can see the future"),
    "backwards": (lambda x: recur(x[:, ::-1])[:, ::-1], "seems to be read backwards"),
    "both directions": (lambda x: recur(x) + recur(x[:, ::-1])[:, ::-1], "It can see the future"),
    "last step only": (lambda x: recur(x)[:, -1], r"has shape \(3, 2\); axis 1 should have size 5"),
    "nothing": (lambda x: None, "is None"),
    "nan": (lambda x: x * np.nan, "contains NaN"),
}


@pytest.mark.parametrize("fault", NOT_CAUSAL)
def test_not_causal(fault):
    function, message = NOT_CAUSAL[fault]
    with pytest.raises(CheckFailed, match=message):
        check_causal(function, INPUTS)


def test_bidirectional_layer_is_not_causal():
    layer = keras.layers.Bidirectional(keras.layers.GRU(4, return_sequences=True))
    with pytest.raises(CheckFailed, match="It can see the future"):
        check_causal(layer, INPUTS.astype("float32"))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            np.tanh,
            "output at step 1 stays the same when the input of step 0 changes. The state of the step before",
        ),
        (lambda x: np.ones_like(x), "Are the inputs used at all"),
        (lambda x: recur(x[:, ::-1])[:, ::-1], "output at step 1 stays the same"),
        (lambda x: np.concatenate([recur(x[:, :3]), recur(x[:, 3:])], 1), "output at step 3 stays the same"),
    ],
)
def test_state_that_is_lost(function, message):
    with pytest.raises(CheckFailed, match=message):
        check_carries_state(function, INPUTS)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (over_the_batch, "changing row 0 of the batch changes the output of row 1. .*over the batch instead"),
        (
            lambda x: x - x.mean(axis=0),
            "row 0 of the batch changes the output of row 1. Rows are separate examples",
        ),
        (lambda x: recur(x) / len(x), "row 0 alone gives another result"),
        (lambda x: recur(x)[0], r"has shape \(5, 2\); axis 0 should have size 3"),
    ],
)
def test_rows_that_mix(function, message):
    with pytest.raises(CheckFailed, match=message):
        check_batch_independent(function, INPUTS)


def test_one_row_is_the_authors_mistake():
    with pytest.raises(ValueError, match="at least two rows"):
        check_batch_independent(recur, INPUTS[:1])


def test_pure_functions_pass():
    check_pure(recur, {"inputs": INPUTS, "decay": 0.3})
    check_pure(
        lambda gradients, names: {n: 2 * gradients[n] for n in names},
        {"gradients": {"a": INPUTS}, "names": ["a"]},
    )
    check_pure(lambda text: text.upper(), {"text": "abc"})
    check_pure(lambda values: values, {"values": np.array([np.nan, 1.0])})


def scale_in_place(gradients):
    for value in gradients.values():
        value *= 0.5
    return gradients


def replace_entry(gradients):
    gradients["a"] = gradients["a"] * 0.5
    return gradients


def append(values):
    values.append(1.0)
    return values


CALLS = []


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (
            scale_in_place,
            {"gradients": {"a": INPUTS}},
            r"changes its argument 'gradients' in place\['a'\] at \[0, 0, 0\]",
        ),
        (replace_entry, {"gradients": {"a": INPUTS}}, r"'gradients' in place\['a'\]"),
        (append, {"values": [0.0]}, r"'values' in place \(its length\)"),
        (lambda x: np.tanh(x, out=x), {"x": INPUTS}, "changes its argument 'x' in place"),
        (
            lambda x: CALLS.append(1) or x + len(CALLS),
            {"x": INPUTS},
            "something else when it is called again",
        ),
    ],
)
def test_functions_that_are_not_pure(function, arguments, message):
    before = INPUTS.copy()
    with pytest.raises(CheckFailed, match=message):
        check_pure(function, arguments)
    np.testing.assert_array_equal(INPUTS, before)  # the check works on copies
