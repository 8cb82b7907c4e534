"""LSTM and GRU in NumPy against the equations, numerical gradients, TensorFlow's tape and the built-ins.

One body of tests for all: `MODELS` says how each is called.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf

from coursepkg.scratch import (
    gru_backward,
    gru_forward,
    gru_step,
    lstm_backward,
    lstm_forward,
    lstm_step,
    numerical_gradient,
    sigmoid,
)

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 6, 2, 4
MODELS = ("lstm", "gru_after", "gru_before")
every_model = pytest.mark.parametrize("model", MODELS)
NAMES = {
    "lstm": ["inputs", "initial_hidden", "initial_cell_state", "kernel", "recurrent_kernel", "bias"],
    "gru_after": ["inputs", "initial_hidden", "kernel", "recurrent_kernel", "bias"],
    "gru_before": ["inputs", "initial_hidden", "kernel", "recurrent_kernel", "bias"],
}
EVERY_NAME = [(model, name) for model in MODELS for name in NAMES[model]]


def problem(model, seed=0):
    """Random arguments of the forward pass, and weights for a loss that looks at every state."""
    generator = np.random.default_rng(seed)
    blocks = 4 if model == "lstm" else 3
    shapes = {
        "inputs": (BATCH, TIMESTEPS, FEATURES),
        "initial_hidden": (BATCH, UNITS),
        "initial_cell_state": (BATCH, UNITS),
        "kernel": (FEATURES, blocks * UNITS),
        "recurrent_kernel": (UNITS, blocks * UNITS),
        "bias": (2, blocks * UNITS) if model == "gru_after" else (blocks * UNITS,),
    }
    arguments = {name: generator.normal(size=shapes[name]) for name in NAMES[model]}
    return arguments, generator.normal(size=(2, BATCH, TIMESTEPS, UNITS))


def ragged_mask():
    return np.array([[True] * 6, [True] * 4 + [False] * 2, [False, True, True, False, True, True]])


def forward(model, arguments, mask=None):
    """Returns the list of sequences of states, the hidden states first, and the gates."""
    if model == "lstm":
        hidden_states, cell_states, gates = lstm_forward(**arguments, mask=mask)
        return [hidden_states, cell_states], gates
    hidden_states, gates = gru_forward(**arguments, reset_after=model == "gru_after", mask=mask)
    return [hidden_states], gates


def step(model, inputs, states, arguments):
    """One step: returns the list of new states, the hidden state first, and the gates."""
    weights = [arguments[name] for name in ("kernel", "recurrent_kernel", "bias")]
    if model == "lstm":
        hidden, cell_state, gates = lstm_step(inputs, *states, *weights)
        return [hidden, cell_state], gates
    hidden, gates = gru_step(inputs, *states, *weights, reset_after=model == "gru_after")
    return [hidden], gates


def initial_states(model, arguments):
    return [arguments[name] for name in NAMES[model] if name.startswith("initial")]


def loss(model, arguments, weights, mask=None):
    """A smooth scalar of all states, whose gradient by s_t is known: weights * (3 s_t² + 1)."""
    states, _ = forward(model, arguments, mask)
    return sum(np.sum(weight * (state**3 + state)) for weight, state in zip(weights, states, strict=False))


def backward(model, arguments, weights, mask=None, truncation=None):
    states, gates = forward(model, arguments, mask)
    direct = [weight * (3 * state**2 + 1) for weight, state in zip(weights, states, strict=False)]
    options = {"mask": mask, "truncation": truncation}
    if model == "lstm":
        hidden_states, cell_states = states
        return lstm_backward(
            direct[0],
            hidden_states=hidden_states,
            cell_states=cell_states,
            gates=gates,
            cell_state_gradients=direct[1],
            **arguments,
            **options,
        )
    reset_after = model == "gru_after"
    return gru_backward(
        direct[0], hidden_states=states[0], gates=gates, reset_after=reset_after, **arguments, **options
    )


def relative_error(value, reference):
    return np.linalg.norm(value - reference) / np.linalg.norm(reference)


def test_sigmoid_is_the_logistic_function_and_does_not_overflow():
    values = np.linspace(-30, 30, 121)
    np.testing.assert_allclose(sigmoid(values), 1 / (1 + np.exp(-values)), rtol=1e-9, atol=1e-16)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(sigmoid(np.array([-1e4, 0.0, 1e4])), [0.0, 0.5, 1.0])


def entry(rows, matrix, row, column):
    return sum(rows[row, k] * matrix[k, column] for k in range(matrix.shape[0]))


def logistic(value):
    return 1 / (1 + np.exp(-value))


def test_lstm_step_is_the_equations_entry_by_entry():
    arguments, _ = problem("lstm")
    x, h, c = arguments["inputs"][:, 0], arguments["initial_hidden"], arguments["initial_cell_state"]
    kernel, recurrent_kernel, bias = (arguments[name] for name in ("kernel", "recurrent_kernel", "bias"))
    hidden, cell_state, gates = lstm_step(x, h, c, kernel, recurrent_kernel, bias)
    for row, unit in np.ndindex(BATCH, UNITS):
        i, f, g, o = (
            entry(x, kernel, row, column) + entry(h, recurrent_kernel, row, column) + bias[column]
            for column in (unit, UNITS + unit, 2 * UNITS + unit, 3 * UNITS + unit)
        )
        i, f, g, o = logistic(i), logistic(f), np.tanh(g), logistic(o)
        expected = f * c[row, unit] + i * g
        assert cell_state[row, unit] == pytest.approx(expected, rel=1e-12)
        assert hidden[row, unit] == pytest.approx(o * np.tanh(expected), rel=1e-12)
        said = (gates.input, gates.forget, gates.candidate, gates.output)
        assert [gate[row, unit] for gate in said] == pytest.approx([i, f, g, o], rel=1e-12)


@pytest.mark.parametrize("reset_after", [True, False])
def test_gru_step_is_the_equations_entry_by_entry(reset_after):
    arguments, _ = problem("gru_after" if reset_after else "gru_before")
    x, h = arguments["inputs"][:, 0], arguments["initial_hidden"]
    kernel, recurrent_kernel, bias = (arguments[name] for name in ("kernel", "recurrent_kernel", "bias"))
    b, b_recurrent = bias if reset_after else (bias, 0 * bias)
    hidden, gates = gru_step(x, h, kernel, recurrent_kernel, bias, reset_after)
    reset = np.empty((BATCH, UNITS))
    for row, unit in np.ndindex(BATCH, UNITS):
        column = UNITS + unit
        total = entry(x, kernel, row, column) + entry(h, recurrent_kernel, row, column)
        reset[row, unit] = logistic(total + b[column] + b_recurrent[column])
    np.testing.assert_allclose(gates.reset, reset, rtol=1e-12)
    for row, unit in np.ndindex(BATCH, UNITS):
        z = logistic(
            entry(x, kernel, row, unit) + entry(h, recurrent_kernel, row, unit) + b[unit] + b_recurrent[unit]
        )
        column = 2 * UNITS + unit
        if reset_after:
            recalled = reset[row, unit] * (entry(h, recurrent_kernel, row, column) + b_recurrent[column])
        else:
            recalled = entry(reset * h, recurrent_kernel, row, column)
        g = np.tanh(entry(x, kernel, row, column) + b[column] + recalled)
        assert gates.update[row, unit] == pytest.approx(z, rel=1e-12)
        assert gates.candidate[row, unit] == pytest.approx(g, rel=1e-12)
        assert hidden[row, unit] == pytest.approx(z * h[row, unit] + (1 - z) * g, rel=1e-12)


def test_the_two_places_of_the_reset_gate_agree_when_nothing_is_reset_and_differ_otherwise():
    arguments, _ = problem("gru_before")
    for bias, same in ((40.0, True), (0.0, False)):
        arguments["bias"][UNITS : 2 * UNITS] = bias  # the reset gate is 1 throughout when its bias is large
        before, _ = gru_forward(**arguments, reset_after=False)
        two_rows = {**arguments, "bias": np.stack([arguments["bias"], 0 * arguments["bias"]])}
        after, _ = gru_forward(**two_rows, reset_after=True)
        assert np.allclose(before, after, atol=1e-12) == same


def test_an_open_forget_gate_and_a_shut_input_gate_keep_the_cell_state():
    arguments, _ = problem("lstm")
    arguments["bias"][:UNITS], arguments["bias"][UNITS : 2 * UNITS] = -60.0, 60.0
    _, cell_states, _ = lstm_forward(**arguments)
    kept = np.repeat(arguments["initial_cell_state"][:, None], TIMESTEPS, axis=1)
    np.testing.assert_allclose(cell_states, kept, rtol=1e-12)


@every_model
def test_forward_repeats_the_step(model):
    arguments, _ = problem(model)
    sequences, all_gates = forward(model, arguments)
    states = initial_states(model, arguments)
    for t in range(TIMESTEPS):
        states, gates = step(model, arguments["inputs"][:, t], states, arguments)
        for sequence, state in zip(sequences, states, strict=True):
            np.testing.assert_allclose(sequence[:, t], state, rtol=1e-13)
        for sequence, gate in zip(all_gates, gates, strict=True):
            np.testing.assert_allclose(sequence[:, t], gate, rtol=1e-13)


@every_model
def test_padded_steps_pass_the_states_through_unchanged(model):
    arguments, _ = problem(model)
    mask = ragged_mask()
    sequences, _ = forward(model, arguments, mask)
    only_seen = {**arguments, "inputs": arguments["inputs"][2:, mask[2]]}
    for name in NAMES[model]:
        if name.startswith("initial"):
            only_seen[name] = arguments[name][2:]
    shorter, _ = forward(model, only_seen)
    for sequence, short, first in zip(sequences, shorter, initial_states(model, arguments), strict=True):
        np.testing.assert_array_equal(sequence[1, 4], sequence[1, 3])
        np.testing.assert_array_equal(sequence[2, 0], first[2])
        np.testing.assert_allclose(short[0], sequence[2, mask[2]], rtol=1e-13)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("model", "name"), EVERY_NAME)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradients_agree_with_central_differences(model, name, seed, masked):
    arguments, weights = problem(model, seed)
    mask = ragged_mask() if masked else None
    numerical = numerical_gradient(
        lambda moved: loss(model, {**arguments, name: moved}, weights, mask), arguments[name]
    )
    assert relative_error(backward(model, arguments, weights, mask)[name], numerical) < 1e-7


def truncated_loss(model, arguments, weights, name, moved, truncation, mask):
    """The loss as a function of `moved`, each chunk a problem of its own that starts from a constant."""
    fixed, _ = forward(model, arguments, mask)
    names = [name for name in NAMES[model] if name.startswith("initial")]
    total = 0.0
    for start in range(0, TIMESTEPS, truncation):
        chunk = slice(start, start + truncation)
        part = {**arguments, name: moved}
        part["inputs"] = part["inputs"][:, chunk]
        if start > 0:
            part.update({name: states[:, start - 1] for name, states in zip(names, fixed, strict=True)})
        part_mask = None if mask is None else mask[:, chunk]
        total += loss(model, part, weights[:, :, chunk], part_mask)
    return total


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("model", "name"), EVERY_NAME)
@pytest.mark.parametrize("truncation", [1, 2, 4, 9])
def test_truncated_gradients_agree_with_separate_chunks(model, name, truncation, masked):
    arguments, weights = problem(model, 3)
    mask = ragged_mask() if masked else None
    numerical = numerical_gradient(
        lambda moved: truncated_loss(model, arguments, weights, name, moved, truncation, mask),
        arguments[name],
    )
    truncated = backward(model, arguments, weights, mask, truncation)[name]
    assert relative_error(truncated, numerical) < 1e-7


def tensorflow_forward(model, inputs, *others, mask):
    """The recurrence in TensorFlow's own operations: returns the list of sequences of states."""
    *states, kernel, recurrent_kernel, bias = others
    sequences = []
    for t in range(TIMESTEPS):
        if model == "lstm":
            hidden, cell_state = states
            sums = tf.split(inputs[:, t] @ kernel + hidden @ recurrent_kernel + bias, 4, axis=-1)
            i, f, o = (tf.sigmoid(sums[k]) for k in (0, 1, 3))
            cell_state = f * cell_state + i * tf.tanh(sums[2])
            updated = [o * tf.tanh(cell_state), cell_state]
        else:
            (hidden,) = states
            x = tf.split(inputs[:, t] @ kernel + (bias[0] if model == "gru_after" else bias), 3, axis=-1)
            u = tf.split(recurrent_kernel, 3, axis=-1)
            b = tf.split(bias[1], 3) if model == "gru_after" else [0.0, 0.0, 0.0]
            z, r = (tf.sigmoid(x[k] + hidden @ u[k] + b[k]) for k in (0, 1))
            recalled = r * (hidden @ u[2] + b[2]) if model == "gru_after" else (r * hidden) @ u[2]
            updated = [z * hidden + (1 - z) * tf.tanh(x[2] + recalled)]
        if mask is not None:
            pairs = zip(updated, states, strict=True)
            updated = [tf.where(mask[:, t, None], new, old) for new, old in pairs]
        states = updated
        sequences.append(states)
    return [tf.stack(sequence, axis=1) for sequence in zip(*sequences, strict=True)]


@pytest.mark.parametrize("masked", [False, True])
@every_model
def test_states_and_gradients_agree_with_automatic_differentiation(model, masked):
    arguments, weights = problem(model, 5)
    mask = ragged_mask() if masked else None
    tensors = [tf.constant(arguments[name]) for name in NAMES[model]]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        states = tensorflow_forward(model, *tensors, mask=mask)
        pairs = zip(weights, states, strict=False)
        value = tf.add_n([tf.reduce_sum(weight * (state**3 + state)) for weight, state in pairs])
    for mine, theirs in zip(forward(model, arguments, mask)[0], states, strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-10, atol=1e-13)
    gradients = backward(model, arguments, weights, mask)
    for name, expected in zip(NAMES[model], tape.gradient(value, tensors), strict=True):
        np.testing.assert_allclose(gradients[name], expected.numpy(), rtol=1e-9, atol=1e-11, err_msg=name)


@pytest.mark.parametrize("masked", [False, True])
@every_model
def test_states_are_those_of_the_keras_built_in(model, masked):
    arguments, _ = problem(model)
    mask = ragged_mask() if masked else None
    options = {"return_sequences": True, "return_state": True, "dtype": "float64"}
    if model == "lstm":
        layer = keras.layers.LSTM(UNITS, **options)
    else:
        layer = keras.layers.GRU(UNITS, reset_after=model == "gru_after", **options)
    layer.build((BATCH, TIMESTEPS, FEATURES))
    layer.set_weights([arguments[name] for name in ("kernel", "recurrent_kernel", "bias")])
    first = initial_states(model, arguments)
    outputs, *last_states = layer(arguments["inputs"], initial_state=first, mask=mask)
    states, _ = forward(model, arguments, mask)
    for mine, theirs in zip(states, last_states, strict=True):
        np.testing.assert_allclose(mine[:, -1], theirs.numpy(), rtol=1e-10, atol=1e-13)
    seen = np.full((BATCH, TIMESTEPS), True) if mask is None else mask
    np.testing.assert_allclose(states[0][seen], outputs.numpy()[seen], rtol=1e-10, atol=1e-13)


@every_model
def test_arguments_are_left_as_they_are(model):
    arguments, weights = problem(model)
    copies = {name: array.copy() for name, array in arguments.items()}
    backward(model, arguments, weights, ragged_mask(), truncation=2)
    for name, array in arguments.items():
        np.testing.assert_array_equal(array, copies[name])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@every_model
def test_dtype_is_kept(model, dtype):
    arguments, weights = problem(model)
    arguments = {name: array.astype(dtype) for name, array in arguments.items()}
    states, gates = forward(model, arguments, ragged_mask())
    assert {array.dtype for array in [*states, *gates]} == {np.dtype(dtype)}
    gradients = backward(model, arguments, weights.astype(dtype), ragged_mask())
    assert {name: gradients[name].shape for name in arguments} == {
        name: array.shape for name, array in arguments.items()
    }
    assert {gradient.dtype for gradient in gradients.values()} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    ("model", "name", "shape", "message"),
    [
        ("lstm", "inputs", (3, 2), r"inputs has shape \(3, 2\); expected \(batch, timesteps, features\)"),
        ("lstm", "inputs", (3, 0, 2), "a sequence has at least one step"),
        ("lstm", "initial_cell_state", (4,), r"initial_cell_state .* expected \(batch, units\) = \(3, 4\)"),
        (
            "lstm",
            "kernel",
            (2, 12),
            r"kernel has shape \(2, 12\); expected \(features, 4 \* units\) = \(2, 16\)",
        ),
        ("lstm", "bias", (15,), r"bias has 15 columns; expected 4 \* units, a multiple of 4"),
        ("lstm", "kernel", (), r"kernel has shape \(\); expected \(features, 4 \* units\) = \(2, 16\)"),
        ("gru_before", "recurrent_kernel", (4, 4), r"expected \(units, 3 \* units\) = \(4, 12\)"),
        ("gru_after", "bias", (12,), r"bias has shape \(12,\); expected \(2, 3 \* units\) = \(2, 12\)"),
        ("gru_before", "bias", (2, 12), r"bias has shape \(2, 12\); expected \(3 \* units,\) = \(12,\)"),
    ],
)
def test_a_wrong_shape_is_named(model, name, shape, message):
    arguments, _ = problem(model)
    with pytest.raises(ValueError, match=message):
        forward(model, {**arguments, name: np.zeros(shape)})


@every_model
def test_a_wrong_mask_gradient_or_truncation_is_named(model):
    arguments, weights = problem(model)
    with pytest.raises(ValueError, match=r"mask has shape \(6, 3\)"):
        forward(model, arguments, ragged_mask().T)
    with pytest.raises(ValueError, match="truncation is 0"):
        backward(model, arguments, weights, truncation=0)
    states, gates = forward(model, arguments)
    with pytest.raises(ValueError, match=r"hidden_gradients has shape \(3, 4\)"):
        if model == "lstm":
            lstm_backward(
                weights[0, :, -1], hidden_states=states[0], cell_states=states[1], gates=gates, **arguments
            )
        else:
            gru_backward(
                weights[0, :, -1],
                hidden_states=states[0],
                gates=gates,
                reset_after=model == "gru_after",
                **arguments,
            )


@every_model
def test_what_the_way_forward_returned_is_named_if_its_shape_is_wrong(model):
    arguments, _ = problem(model)
    states, gates = forward(model, arguments)
    kept = {"hidden_states": states[0], "cell_states": states[1]} if model == "lstm" else {}
    kept = kept or {"hidden_states": states[0]}
    way_back = lstm_backward if model == "lstm" else gru_backward
    extra = {} if model == "lstm" else {"reset_after": model == "gru_after"}
    gradients = np.ones_like(states[0])
    for name, array in kept.items():
        for wrong in (array[:, :-1], array[..., :1]):
            with pytest.raises(ValueError, match=rf"{name} has shape .*expected \(batch, timesteps, units\)"):
                way_back(gradients, **{**kept, name: wrong}, gates=gates, **extra, **arguments)
    short = gates._replace(candidate=gates.candidate[:, :-1])
    with pytest.raises(ValueError, match="the candidate gate has shape"):
        way_back(gradients, **kept, gates=short, **extra, **arguments)
