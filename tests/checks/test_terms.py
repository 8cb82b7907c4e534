"""isolate_terms: the message says which term of a recurrent step is wrong, and how."""

import numpy as np
import pytest

from coursepkg.checks import CheckFailed, isolate_terms, random_arrays

TERMS = {
    "input term x·W": ("inputs", "kernel"),
    "recurrent term h·U": ("hidden", "recurrent_kernel"),
    "bias b": ("bias",),
}


def step(inputs, hidden, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel + hidden @ recurrent_kernel + bias)


def arguments(batch=3, units=4):
    return random_arrays(
        {
            "inputs": (batch, 2),
            "hidden": (batch, units),
            "kernel": (2, units),
            "recurrent_kernel": (units, units),
            "bias": (units,),
        },
        seed=5,
    )


def run(function, terms=TERMS, **options):
    isolate_terms(function, options.pop("arguments", arguments()), terms, activation=np.tanh, **options)


RIGHT = {
    "plain": step,
    "einsum": lambda inputs, hidden, kernel, recurrent_kernel, bias: np.tanh(
        np.einsum("bi,ij->bj", inputs, kernel) + np.einsum("bi,ij->bj", hidden, recurrent_kernel) + bias
    ),
    "one matrix": lambda inputs, hidden, kernel, recurrent_kernel, bias: np.tanh(
        np.concatenate([inputs, hidden], 1) @ np.concatenate([kernel, recurrent_kernel]) + bias
    ),
    "lists": lambda **given: step(**given).tolist(),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_steps_pass(name):
    run(RIGHT[name])
    for label, names in TERMS.items():
        run(RIGHT[name], {label: names})


WRONG = {
    "no input": (lambda x, h, W, U, b: np.tanh(h @ U + b), "input term x·W is missing"),
    "no recurrence": (lambda x, h, W, U, b: np.tanh(x @ W + b), "recurrent term h·U is missing"),
    "no bias": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U), "bias b is missing"),
    "bias twice": (lambda x, h, W, U, b: np.tanh(x @ W + b + h @ U + b), "bias b is counted twice"),
    "transposed": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U.T + b), "uses recurrent_kernel transposed"),
    "sign": (lambda x, h, W, U, b: np.tanh(x @ W - h @ U + b), "recurrent term h·U has the wrong sign"),
    "half": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U + b / 2), "bias b is halved"),
    "mean": (lambda x, h, W, U, b: np.tanh(x @ W / len(x) + h @ U + b), "divided by the number of rows"),
    "no tanh": (lambda x, h, W, U, b: x @ W + h @ U + b, "activation is not applied"),
    "tanh twice": (lambda x, h, W, U, b: np.tanh(np.tanh(x @ W + h @ U + b)), "through the activation twice"),
    "separate": (lambda x, h, W, U, b: np.tanh(x @ W) + np.tanh(h @ U) + np.tanh(b), "each term on its own"),
    "rows": (lambda x, h, W, U, b: np.tanh((x @ W).sum(0) + h @ U + b), "input term x·W mixes the rows"),
    "constant": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U + b + 0.1), "term x·W is there but wrong"),
    "sigmoid": (lambda x, h, W, U, b: 1 / (1 + np.exp(-(x @ W + h @ U + b))), "there but wrong"),
    "shape": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U + b)[0], r"has shape \(4,\), expected \(3, 4\)"),
    "none": (lambda x, h, W, U, b: None, "is None. Does the function end with a return"),
    "product": (lambda x, h, W, U, b: np.tanh(x @ W + (h @ U) * (1 + x @ W) + b), "together they are not"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_message_names_the_fault(fault):
    function, message = WRONG[fault]
    with pytest.raises(CheckFailed, match=message):
        run(lambda inputs, hidden, kernel, recurrent_kernel, bias: function(
            inputs, hidden, kernel, recurrent_kernel, bias))  # fmt: skip


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda hidden, recurrent_kernel: np.tanh(hidden * recurrent_kernel), "entry-by-entry product"),
        (lambda hidden, recurrent_kernel: np.tanh(recurrent_kernel @ hidden), "product in the wrong order"),
    ],
)
def test_square_products(function, message):
    given = {name: value for name, value in arguments(batch=4).items() if name in TERMS["recurrent term h·U"]}
    with pytest.raises(CheckFailed, match=message):
        run(function, {"recurrent term h·U": ("hidden", "recurrent_kernel")}, arguments=given)


def test_function_that_changes_its_arguments_is_judged_by_its_result():
    def in_place(inputs, hidden, kernel, recurrent_kernel, bias):
        bias += 1.0  # does not reach the next call
        return np.tanh(inputs @ kernel + hidden @ recurrent_kernel + bias - 1.0)

    run(in_place)


def test_terms_must_name_arguments():
    with pytest.raises(ValueError, match=r"term 'bias' is \('offset',\), expected one or two of"):
        isolate_terms(step, arguments(), {"bias": ("offset",)})
