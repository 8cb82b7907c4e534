"""What is particular to the cells with gates: equations in NumPy, the bias that remembers, the variants."""

import keras
import numpy as np
import pytest
from keras import ops

from coursepkg import layers
from coursepkg.scratch import gru_backward, gru_forward, lstm_backward, lstm_forward, sigmoid

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 6, 4, 5


def example(seed=0):
    return np.random.default_rng(seed).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")


def random_weights(layer, seed=1):
    layer.build((BATCH, TIMESTEPS, FEATURES))
    generator = np.random.default_rng(seed)
    layer.set_weights([0.5 * generator.normal(size=weight.shape) for weight in layer.get_weights()])
    return layer


def sequences_of(layer):
    return ops.convert_to_numpy(layer(example()))


def test_the_lstm_cell_is_the_numpy_lstm_forward_and_backward():
    layer = random_weights(keras.layers.RNN(layers.LSTMCell(UNITS), return_sequences=True))
    weights, zeros = layer.get_weights(), np.zeros((BATCH, UNITS), "float32")
    hidden_states, cell_states, gates = lstm_forward(example(), zeros, zeros, *weights)
    np.testing.assert_allclose(sequences_of(layer), hidden_states, atol=1e-6)
    gradients = lstm_backward(
        by_mean_squared_error(hidden_states),
        example(),
        hidden_states,
        cell_states,
        gates,
        zeros,
        zeros,
        *weights,
    )
    assert_a_step_of_descent_moves_by(layer, gradients)


@pytest.mark.parametrize("reset_after", [True, False])
def test_the_gru_cell_is_the_numpy_gru_forward_and_backward(reset_after):
    cell = layers.GRUCell(UNITS, reset_after=reset_after)
    layer = random_weights(keras.layers.RNN(cell, return_sequences=True))
    weights, zeros = layer.get_weights(), np.zeros((BATCH, UNITS), "float32")
    hidden_states, gates = gru_forward(example(), zeros, *weights, reset_after=reset_after)
    np.testing.assert_allclose(sequences_of(layer), hidden_states, atol=1e-6)
    gradients = gru_backward(
        by_mean_squared_error(hidden_states),
        example(),
        hidden_states,
        gates,
        zeros,
        *weights,
        reset_after=reset_after,
    )
    assert_a_step_of_descent_moves_by(layer, gradients)


def targets():
    return np.random.default_rng(4).normal(size=(BATCH, TIMESTEPS, UNITS)).astype("float32")


def by_mean_squared_error(hidden_states):
    return 2 * (hidden_states - targets()) / targets().size


def assert_a_step_of_descent_moves_by(layer, gradients):
    before = layer.get_weights()
    inputs = keras.Input((TIMESTEPS, FEATURES))
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.SGD(1.0), "mse")
    model.train_on_batch(example(), targets())
    for name, old, new in zip(
        ("kernel", "recurrent_kernel", "bias"), before, layer.get_weights(), strict=True
    ):
        np.testing.assert_allclose(old - new, gradients[name], rtol=1e-3, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("unit_forget_bias", [True, False])
@pytest.mark.parametrize(
    "initializer",
    ["zeros", pytest.param(keras.initializers.RandomNormal(seed=5), id="normal")],
)
def test_the_bias_starts_as_that_of_the_builtin(unit_forget_bias, initializer):
    arguments = {"unit_forget_bias": unit_forget_bias, "bias_initializer": initializer}
    ours, theirs = layers.LSTMCell(UNITS, **arguments), keras.layers.LSTMCell(UNITS, **arguments)
    for cell in (ours, theirs):
        cell.build((BATCH, FEATURES))
    np.testing.assert_array_equal(ops.convert_to_numpy(ours.bias), ops.convert_to_numpy(theirs.bias))
    assert np.all(ops.convert_to_numpy(ours.bias)[UNITS : 2 * UNITS] == 1) == unit_forget_bias


def test_the_coupled_cell_starts_with_a_forget_gate_that_keeps():
    cell = layers.CoupledLSTMCell(UNITS)
    cell.build((BATCH, FEATURES))
    expected = np.repeat([1.0, 0.0, 0.0], UNITS)  # blocks f, c, o
    np.testing.assert_array_equal(ops.convert_to_numpy(cell.bias), expected)


def test_the_coupled_cell_is_an_lstm_whose_input_block_is_minus_its_forget_block():
    """sigmoid(-z) = 1 - sigmoid(z)."""
    coupled = random_weights(keras.layers.RNN(layers.CoupledLSTMCell(UNITS), return_sequences=True))
    lstm = random_weights(keras.layers.RNN(layers.LSTMCell(UNITS), return_sequences=True))
    lstm.set_weights(
        [np.concatenate([-weight[..., :UNITS], weight], axis=-1) for weight in coupled.get_weights()]
    )
    np.testing.assert_allclose(sequences_of(coupled), sequences_of(lstm), atol=1e-6)


def test_a_peephole_cell_with_shut_peepholes_is_an_lstm():
    peephole = keras.layers.RNN(layers.PeepholeLSTMCell(UNITS), return_sequences=True)
    before = sequences_of(peephole)
    lstm = random_weights(keras.layers.RNN(layers.LSTMCell(UNITS), return_sequences=True))
    lstm.set_weights(peephole.get_weights()[:3])
    np.testing.assert_allclose(before, sequences_of(lstm), atol=1e-6)


def test_the_peephole_cell_is_its_equations():
    layer = random_weights(keras.layers.RNN(layers.PeepholeLSTMCell(UNITS), return_sequences=True))
    kernel, recurrent_kernel, bias, (p_i, p_f, p_o) = layer.get_weights()
    hidden = cell_state = np.zeros((BATCH, UNITS))
    for step, output in enumerate(np.swapaxes(sequences_of(layer), 0, 1)):
        sums = example()[:, step] @ kernel + hidden @ recurrent_kernel + bias
        z_i, z_f, z_c, z_o = np.split(sums, 4, axis=-1)
        kept = sigmoid(z_f + p_f * cell_state) * cell_state
        cell_state = kept + sigmoid(z_i + p_i * cell_state) * np.tanh(z_c)
        hidden = sigmoid(z_o + p_o * cell_state) * np.tanh(cell_state)
        np.testing.assert_allclose(output, hidden, atol=1e-5)


def normalized(rows, gain, shift=0.0):
    """Layer normalisation by its definition (Ba et al., 2016), with the epsilon of Keras's layer."""
    centred = rows - rows.mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + 1e-3) + shift


def weights_by_name(layer):
    """Paths end with, for example, `recurrent_norm_0/gamma`."""
    return {"/".join(weight.path.split("/")[-2:]): ops.convert_to_numpy(weight) for weight in layer.weights}


def weight_of(layer, ending):
    (weight,) = (array for path, array in weights_by_name(layer).items() if path.endswith(ending))
    return weight


def test_the_normalised_lstm_is_its_equations():
    cell = layers.LSTMCell(UNITS, layer_normalization=True)
    layer = random_weights(keras.layers.RNN(cell, return_sequences=True))
    kernel, recurrent_kernel, bias = (
        ops.convert_to_numpy(weight) for weight in (cell.kernel, cell.recurrent_kernel, cell.bias)
    )
    hidden = cell_state = np.zeros((BATCH, UNITS))
    for step, output in enumerate(np.swapaxes(sequences_of(layer), 0, 1)):
        sums = normalized(example()[:, step] @ kernel, weight_of(layer, "input_norm_0/gamma"))
        sums = sums + normalized(hidden @ recurrent_kernel, weight_of(layer, "recurrent_norm_0/gamma")) + bias
        z_i, z_f, z_c, z_o = np.split(sums, 4, axis=-1)
        cell_state = sigmoid(z_f) * cell_state + sigmoid(z_i) * np.tanh(z_c)
        shown = normalized(
            cell_state, weight_of(layer, "cell_norm/gamma"), weight_of(layer, "cell_norm/beta")
        )
        hidden = sigmoid(z_o) * np.tanh(shown)
        np.testing.assert_allclose(output, hidden, atol=1e-5)


@pytest.mark.parametrize("reset_after", [True, False])
def test_the_normalised_gru_is_its_equations(reset_after):
    cell = layers.GRUCell(UNITS, layer_normalization=True, reset_after=reset_after)
    layer = random_weights(keras.layers.RNN(cell, return_sequences=True))
    kernel, recurrent_kernel, bias = (
        ops.convert_to_numpy(weight) for weight in (cell.kernel, cell.recurrent_kernel, cell.bias)
    )
    b, b_recurrent = bias if reset_after else (bias, np.zeros_like(bias))
    gates, candidate = slice(0, 2 * UNITS), slice(2 * UNITS, None)
    hidden = np.zeros((BATCH, UNITS))

    def product(kind, rows, matrix, group, columns):
        return normalized(rows @ matrix[:, columns], weight_of(layer, f"{kind}_norm_{group}/gamma"))

    for step, output in enumerate(np.swapaxes(sequences_of(layer), 0, 1)):
        x = example()[:, step]
        sums = product("input", x, kernel, 0, gates) + b[gates] + b_recurrent[gates]
        sums = sums + product("recurrent", hidden, recurrent_kernel, 0, gates)
        update, reset = np.split(sigmoid(sums), 2, axis=-1)
        if reset_after:
            recalled = product("recurrent", hidden, recurrent_kernel, 1, candidate) + b_recurrent[candidate]
            recalled = reset * recalled
        else:
            recalled = product("recurrent", reset * hidden, recurrent_kernel, 1, candidate)
        proposed = np.tanh(product("input", x, kernel, 1, candidate) + b[candidate] + recalled)
        hidden = update * hidden + (1 - update) * proposed
        np.testing.assert_allclose(output, hidden, atol=1e-5)


@pytest.mark.parametrize("reset_after", [True, False])
def test_each_gate_of_a_gru_is_given_its_own_recurrent_dropout_mask(reset_after):
    """With x W = 0 and b = 0 at the first step, h_1 tells which hidden units each block was shown."""
    cell = layers.GRUCell(1, reset_after=reset_after, recurrent_dropout=0.5, seed=2, use_bias=False)
    layer = keras.layers.RNN(cell)
    layer.build((200, 1, 1))
    z, r, h = 0.3, 0.7, 1.1
    layer.set_weights([np.zeros((1, 3)), np.array([[z, r, h]])])
    start = np.ones((200, 1), "float32")
    came = ops.convert_to_numpy(layer(np.zeros((200, 1, 1)), initial_state=[start], training=True))[:, 0]
    possible = []
    for of_z, of_r, of_h in np.ndindex(2, 2, 2):  # a mask doubles or drops
        update, reset = sigmoid(np.array([2 * of_z * z, 2 * of_r * r]))
        possible.append(update + (1 - update) * np.tanh(reset * 2 * of_h * h))
    nearest = np.abs(came[:, None] - np.array(possible)).argmin(axis=1)
    np.testing.assert_allclose(came, np.array(possible)[nearest], atol=1e-6)
    # With no candidate term the reset gate leaves no trace: the other six combinations can be told apart.
    assert len(set(nearest)) >= 6
