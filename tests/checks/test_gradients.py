"""check_gradients: right gradients pass in any form, and a message says what is wrong with the others."""

import numpy as np
import pytest

from coursepkg.checks import CheckFailed, check_gradients, random_arrays

BATCH, STEPS, UNITS = 3, 4, 2
AXES = {"decay": ("units",), "inputs": ("batch", "timesteps", "units"), "kernel": ("units in", "units out")}


def running_sum(inputs, kernel, bias):
    """h_t = h_(t-1) + x_t K + b: linear, so that its gradients have a closed form."""
    return np.cumsum(inputs @ kernel + bias, axis=1)


def exact(inputs, kernel, bias, upstream):
    later = np.cumsum(upstream[:, ::-1], axis=1)[:, ::-1]
    return {
        "inputs": later @ kernel.T,
        "kernel": np.einsum("bti,btj->ij", inputs, later),
        "bias": later.sum((0, 1)),
    }


@pytest.fixture
def case():
    arguments = random_arrays(
        {"inputs": (BATCH, STEPS, UNITS), "kernel": (UNITS, UNITS), "bias": (UNITS,)}, 3
    )
    upstream = np.random.default_rng(4).normal(size=(BATCH, STEPS, UNITS))
    return arguments, upstream, exact(**arguments, upstream=upstream)


def run(case, gradients, **options):
    arguments, upstream, _ = case
    sizes = {"batch": BATCH, "timesteps": STEPS}
    check_gradients(running_sum, arguments, gradients, upstream=upstream, axes=AXES, sizes=sizes, **options)


def test_exact_gradients_pass(case):
    run(case, case[2])


def test_lists_and_a_part_of_the_names_pass(case):
    run(case, {"bias": case[2]["bias"].tolist()}, names=["bias"])


def test_a_drawn_part_of_the_entries_passes(case):
    run(case, case[2], entries=3)


def test_scalar_function_needs_no_upstream():
    values = np.array([1.0, -2.0, 0.5])
    check_gradients(lambda values: (values**3).sum(), {"values": values}, {"values": 3 * values**2})


def test_arguments_are_not_changed(case):
    before = {name: value.copy() for name, value in case[0].items()}
    run(case, case[2])
    for name, value in before.items():
        np.testing.assert_array_equal(case[0][name], value)


FAULTS = {
    "none": (lambda g: None, "should be a dict.*None"),
    "tuple": (lambda g: tuple(g.values()), "should be a dict.*tuple"),
    "missing": (lambda g: {"inputs": g["inputs"], "kernel": g["kernel"]}, "no gradient for 'bias'"),
    "entry none": (lambda g: {**g, "kernel": None}, "gradient of 'kernel' is None.*return"),
    "nan": (lambda g: {**g, "bias": g["bias"] * np.nan}, "gradient of 'bias' contains NaN"),
    "sign": (lambda g: {**g, "kernel": -g["kernel"]}, "'kernel' has the wrong sign everywhere"),
    "mean over batch": (lambda g: {**g, "kernel": g["kernel"] / BATCH}, "factor of 0.3333.*1/batch.*mean"),
    "mean over steps": (
        lambda g: {**g, "bias": g["bias"] / STEPS},
        r"'bias' .*1/timesteps \(1/4\): is a mean",
    ),
    "sum": (lambda g: {**g, "bias": g["bias"] * STEPS}, "size of timesteps: is a sum"),
    "twice": (
        lambda g: {**g, "inputs": 2 * g["inputs"]},
        "'inputs' is off by a factor of 2 everywhere.*twice",
    ),
    "transposed": (lambda g: {**g, "kernel": g["kernel"].T}, "'kernel' is transposed"),
    "backwards": (
        lambda g: {**g, "inputs": g["inputs"][:, ::-1]},
        r"reverse order along axis 1 \(timesteps\)",
    ),
    "zero": (lambda g: {**g, "kernel": 0 * g["kernel"]}, "'kernel' is zero everywhere"),
    "not summed": (
        lambda g: {**g, "bias": np.tile(g["bias"], (3, 1))},
        r"\(3, 2\), but 'bias'.*too many in front",
    ),
    "one entry": (
        lambda g: {**g, "kernel": g["kernel"] + [[0, 0], [1, 0]]},
        r"central difference is .*\(ratio",
    ),
    "float32": (lambda g: {**g, "bias": g["bias"].astype("float32")}, "'bias' is float32.*double precision"),
    "integers": (lambda g: {**g, "bias": g["bias"].astype(int)}, "holds integers.*fractions are lost"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_message_names_the_fault(case, fault):
    change, message = FAULTS[fault]
    with pytest.raises(CheckFailed, match=f"(?s){message}"):
        run(case, change(case[2]), hints={})


def test_gradient_of_the_last_step_alone_is_seen(case):
    arguments, upstream, right = case
    local = upstream @ arguments["kernel"].T  # what comes from later steps is left out
    with pytest.raises(
        CheckFailed, match=r"only at the last place of axis 1 \(timesteps\) and wrong elsewhere"
    ):
        run(case, {**right, "inputs": local})


def test_transposed_shape_is_seen():
    weights = np.ones((2, 3))
    with pytest.raises(
        CheckFailed, match=r"shape \(3, 2\), but 'kernel' has shape \(2, 3\). It is transposed"
    ):
        check_gradients(lambda kernel: kernel.sum(), {"kernel": weights}, {"kernel": weights.T})


def test_gradient_that_should_be_zero():
    with pytest.raises(CheckFailed, match="'unused' should be zero"):
        check_gradients(lambda unused: 1.0, {"unused": np.ones(2)}, {"unused": np.ones(2)})


def test_function_in_single_precision_is_named(case):
    arguments, upstream, right = case
    with pytest.raises(CheckFailed, match=r"result of forward is float32.*double precision"):
        check_gradients(
            lambda **given: running_sum(**given).astype("float32"),
            arguments,
            right,
            upstream=upstream,
            name="forward",
        )


@pytest.mark.parametrize(
    ("result", "message"),
    [(np.ones(2), "should return one number, but returned an array of shape"), (None, "is None")],
)
def test_function_that_returns_no_number(result, message):
    with pytest.raises(CheckFailed, match=message):
        check_gradients(lambda values: result, {"values": np.ones(2)}, {"values": np.ones(2)})


def test_function_that_returns_another_shape(case):
    arguments, upstream, right = case
    with pytest.raises(CheckFailed, match=r"returned an array of shape \(3, 2\), expected \(3, 4, 2\)"):
        check_gradients(lambda **given: running_sum(**given)[:, -1], arguments, right, upstream=upstream)


def test_hint_of_the_author_follows(case):
    with pytest.raises(CheckFailed, match=r"wrong sign everywhere\. Think of the chain rule\."):
        run(case, {**case[2], "bias": -case[2]["bias"]}, hints={"bias": "Think of the chain rule."})


def test_unknown_name_is_the_authors_mistake(case):
    with pytest.raises(ValueError, match="names has 'weight'"):
        run(case, case[2], names=["weight"])
