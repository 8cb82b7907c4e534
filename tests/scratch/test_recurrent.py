"""The recurrent network in NumPy against the definition, numerical gradients and brute force."""

import numpy as np
import pytest

from coursepkg.scratch import numerical_gradient, rnn_backward, rnn_forward, rnn_step

NAMES = ["inputs", "initial_hidden", "kernel", "recurrent_kernel", "bias"]


def problem(seed=0, batch=3, timesteps=6, features=2, units=4):
    """Returns random arguments of `rnn_forward` and weights for a loss that looks at every hidden state."""
    generator = np.random.default_rng(seed)
    arguments = {
        "inputs": generator.normal(size=(batch, timesteps, features)),
        "initial_hidden": generator.normal(size=(batch, units)),
        "kernel": generator.normal(size=(features, units)),
        "recurrent_kernel": generator.normal(size=(units, units)),
        "bias": generator.normal(size=units),
    }
    return arguments, generator.normal(size=(batch, timesteps, units))


def loss(arguments, weights, mask=None):
    """A smooth scalar of all hidden states, whose gradient by h_t is known: weights * 3 h_t² + weights."""
    hidden_states = rnn_forward(**arguments, mask=mask)
    return np.sum(weights * (hidden_states**3 + hidden_states))


def analytic_gradients(arguments, weights, mask=None, truncation=None):
    hidden_states = rnn_forward(**arguments, mask=mask)
    hidden_gradients = weights * (3 * hidden_states**2 + 1)
    return rnn_backward(
        hidden_gradients, hidden_states=hidden_states, **arguments, truncation=truncation, mask=mask
    )


def relative_error(value, reference):
    return np.linalg.norm(value - reference) / np.linalg.norm(reference)


def ragged_mask():
    return np.array([[True] * 6, [True] * 4 + [False] * 2, [False, True, True, False, True, True]])


def test_step_is_the_equation_entry_by_entry():
    arguments, _ = problem(batch=2, timesteps=1)
    x, h = arguments["inputs"][:, 0], arguments["initial_hidden"]
    hidden = rnn_step(x, h, arguments["kernel"], arguments["recurrent_kernel"], arguments["bias"])
    for row in range(2):
        for unit in range(4):
            total = arguments["bias"][unit]
            total += sum(x[row, i] * arguments["kernel"][i, unit] for i in range(2))
            total += sum(h[row, j] * arguments["recurrent_kernel"][j, unit] for j in range(4))
            assert hidden[row, unit] == pytest.approx(np.tanh(total), rel=1e-14)


def test_forward_repeats_the_step():
    arguments, _ = problem()
    hidden_states = rnn_forward(**arguments)
    hidden = arguments["initial_hidden"]
    assert hidden_states.shape == (3, 6, 4)
    for step in range(6):
        hidden = rnn_step(
            arguments["inputs"][:, step],
            hidden,
            arguments["kernel"],
            arguments["recurrent_kernel"],
            arguments["bias"],
        )
        np.testing.assert_allclose(hidden_states[:, step], hidden, rtol=1e-13)


def test_a_sequence_can_be_read_in_two_parts():
    arguments, _ = problem()
    whole = rnn_forward(**arguments)
    first = rnn_forward(**{**arguments, "inputs": arguments["inputs"][:, :2]})
    second = rnn_forward(
        **{**arguments, "inputs": arguments["inputs"][:, 2:], "initial_hidden": first[:, -1]}
    )
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=1e-13)


def test_a_counter_that_is_worked_out_by_hand():
    """With U = 1, W = 1 and tiny inputs tanh is the identity to third order, so the state counts the ones."""
    ones = 1e-4 * np.array([[1.0, 0.0, 1.0, 1.0]])[..., None]
    hidden_states = rnn_forward(ones, np.zeros((1, 1)), np.ones((1, 1)), np.ones((1, 1)), np.zeros(1))
    np.testing.assert_allclose(hidden_states[0, :, 0], 1e-4 * np.array([1, 1, 2, 3]), rtol=1e-6)


def test_padded_steps_pass_the_state_through_unchanged():
    arguments, _ = problem()
    mask = ragged_mask()
    hidden_states = rnn_forward(**arguments, mask=mask)
    np.testing.assert_array_equal(hidden_states[1, 4], hidden_states[1, 3])
    np.testing.assert_array_equal(hidden_states[2, 0], arguments["initial_hidden"][2])
    only_seen = {**arguments, "inputs": arguments["inputs"][2:, mask[2]]}
    only_seen["initial_hidden"] = arguments["initial_hidden"][2:]
    np.testing.assert_allclose(rnn_forward(**only_seen)[0], hidden_states[2, mask[2]], rtol=1e-13)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradients_agree_with_central_differences(name, seed, masked):
    arguments, weights = problem(seed)
    mask = ragged_mask() if masked else None
    numerical = numerical_gradient(
        lambda moved: loss({**arguments, name: moved}, weights, mask), arguments[name]
    )
    assert relative_error(analytic_gradients(arguments, weights, mask)[name], numerical) < 1e-7


def truncated_loss(arguments, weights, name, moved, truncation, mask):
    """The loss as a function of `moved`, with the state at every cut held at its value before the move.

    This is what "no gradient crosses a cut" means, said with the forward pass alone: the chunks are separate
    problems, and each starts from a constant.
    """
    fixed = rnn_forward(**arguments, mask=mask)
    changed = {**arguments, name: moved}
    total = 0.0
    for start in range(0, weights.shape[1], truncation):
        chunk = slice(start, start + truncation)
        part = {**changed, "inputs": changed["inputs"][:, chunk]}
        if start > 0:
            part["initial_hidden"] = fixed[:, start - 1]
        total += loss(part, weights[:, chunk], None if mask is None else mask[:, chunk])
    return total


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("truncation", [1, 2, 4, 5, 6, 9])
def test_truncated_gradients_agree_with_separate_chunks(name, truncation, masked):
    arguments, weights = problem(3)
    mask = ragged_mask() if masked else None
    numerical = numerical_gradient(
        lambda moved: truncated_loss(arguments, weights, name, moved, truncation, mask), arguments[name]
    )
    truncated = analytic_gradients(arguments, weights, mask, truncation=truncation)[name]
    assert relative_error(truncated, numerical) < 1e-7


def test_truncation_changes_the_gradient_and_a_long_one_does_not():
    arguments, weights = problem(4)
    full = analytic_gradients(arguments, weights)
    np.testing.assert_array_equal(
        analytic_gradients(arguments, weights, truncation=6)["kernel"], full["kernel"]
    )
    assert (
        relative_error(analytic_gradients(arguments, weights, truncation=2)["kernel"], full["kernel"]) > 0.01
    )


def test_arguments_are_left_as_they_are():
    arguments, weights = problem()
    copies = {name: array.copy() for name, array in arguments.items()}
    analytic_gradients(arguments, weights, ragged_mask(), truncation=2)
    for name in NAMES:
        np.testing.assert_array_equal(arguments[name], copies[name])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(dtype):
    arguments, weights = problem()
    arguments = {name: array.astype(dtype) for name, array in arguments.items()}
    assert rnn_forward(**arguments).dtype == dtype
    gradients = analytic_gradients(arguments, weights.astype(dtype))
    assert {gradient.dtype for gradient in gradients.values()} == {np.dtype(dtype)}
    for name in NAMES:
        assert gradients[name].shape == arguments[name].shape


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("inputs", (3, 2), r"inputs has shape \(3, 2\); expected \(batch, timesteps, features\)"),
        ("initial_hidden", (4,), r"initial_hidden has shape \(4,\); expected \(batch, units\) = \(3, 4\)"),
        ("kernel", (4, 2), r"kernel has shape \(4, 2\); expected \(features, units\) = \(2, 4\)"),
        ("recurrent_kernel", (4, 3), r"recurrent_kernel .* expected \(units, units\) = \(4, 4\)"),
        ("bias", (1, 4), r"bias has shape \(1, 4\); expected \(units,\) = \(4,\)"),
    ],
)
def test_a_wrong_shape_is_named(name, shape, message):
    arguments, _ = problem()
    with pytest.raises(ValueError, match=message):
        rnn_forward(**{**arguments, name: np.zeros(shape)})


def test_a_wrong_mask_gradient_or_truncation_is_named():
    arguments, weights = problem()
    hidden_states = rnn_forward(**arguments)
    with pytest.raises(
        ValueError, match=r"mask has shape \(6, 3\); expected \(batch, timesteps\) = \(3, 6\)"
    ):
        rnn_forward(**arguments, mask=ragged_mask().T)
    with pytest.raises(ValueError, match=r"hidden_gradients has shape \(3, 4\)"):
        rnn_backward(weights[:, -1], hidden_states=hidden_states, **arguments)
    for truncation in (0, -1, 2.5):
        with pytest.raises(ValueError, match=f"truncation is {truncation}"):
            rnn_backward(weights, hidden_states=hidden_states, **arguments, truncation=truncation)
