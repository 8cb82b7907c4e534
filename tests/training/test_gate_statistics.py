"""Gate statistics against the NumPy models of `scratch`, whose gates and gradients are tested there."""

import keras
import numpy as np
import pytest

from coursepkg import layers
from coursepkg.scratch import gru_backward, gru_forward, lstm_backward, lstm_forward
from coursepkg.training import GateStatistics, gate_activations, gate_names, summarize_gates

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 6, 2, 4
ZEROS = np.zeros((BATCH, UNITS), "float32")
MASK = np.array([[1] * 6, [1] * 4 + [0] * 2, [0, 1, 1, 0, 1, 1]], bool)


def example(seed=0):
    return np.random.default_rng(seed).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")


def random_weights(layer, shape=(BATCH, TIMESTEPS, FEATURES)):
    layer.build(shape)
    generator = np.random.default_rng(1)
    layer.set_weights([generator.normal(size=weight.shape) for weight in layer.get_weights()])
    return layer


LSTMS = {
    "ours": lambda **options: keras.layers.RNN(layers.LSTMCell(UNITS), **options),
    "keras": lambda **options: keras.layers.LSTM(UNITS, **options),
}
GRUS = {
    "ours": lambda reset_after: keras.layers.RNN(layers.GRUCell(UNITS, reset_after=reset_after)),
    "keras": lambda reset_after: keras.layers.GRU(UNITS, reset_after=reset_after),
}


@pytest.mark.parametrize("mask", [None, MASK], ids=["no_mask", "mask"])
@pytest.mark.parametrize("build", LSTMS.values(), ids=LSTMS)
def test_gates_of_an_lstm_are_those_of_numpy(build, mask):
    layer = random_weights(build())
    initial = list(np.random.default_rng(2).normal(size=(2, BATCH, UNITS)).astype("float32"))
    activations = gate_activations(layer, example(), initial, mask)
    hidden, cell_state, gates = lstm_forward(example(), *initial, *layer.get_weights(), mask=mask)
    expected = {**gates._asdict(), "hidden": hidden, "cell_state": cell_state}
    assert list(activations) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(activations[name], values, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("build", GRUS.values(), ids=GRUS)
def test_gates_of_a_gru_are_those_of_numpy(build, reset_after):
    layer = random_weights(build(reset_after))
    hidden, gates = gru_forward(example(), ZEROS, *layer.get_weights(), reset_after=reset_after)
    activations = gate_activations(layer, example())
    assert list(activations) == ["update", "reset", "candidate", "hidden"]
    for name, values in {**gates._asdict(), "hidden": hidden}.items():
        np.testing.assert_allclose(activations[name], values, atol=1e-5, err_msg=name)


@pytest.mark.parametrize(
    "cell_class", [layers.PeepholeLSTMCell, layers.CoupledLSTMCell, layers.LSTMCell, layers.GRUCell]
)
@pytest.mark.parametrize("options", [{}, {"layer_normalization": True}], ids=["plain", "normalized"])
def test_gates_of_every_variant_make_up_its_states(cell_class, options):
    """From the gates alone the states can be worked out again, by the last two lines of each `call`."""
    layer = random_weights(keras.layers.RNN(cell_class(UNITS, **options), return_sequences=True))
    said = gate_activations(layer, example())
    np.testing.assert_allclose(said["hidden"], keras.ops.convert_to_numpy(layer(example())), atol=1e-5)
    carried = said["cell_state"] if "cell_state" in said else said["hidden"]
    before = np.concatenate([ZEROS[:, None], carried[:, :-1]], axis=1)
    keep = said["forget"] if "forget" in said else said["update"]
    enter = said.get("input", 1 - keep)
    np.testing.assert_allclose(carried, keep * before + enter * said["candidate"], atol=1e-5)
    if "output" in said and not options:
        np.testing.assert_allclose(said["hidden"], said["output"] * np.tanh(carried), atol=1e-5)


def test_a_layer_that_goes_backwards_keeps_each_step_at_its_input():
    forward = random_weights(LSTMS["ours"]())
    backward = random_weights(LSTMS["ours"](go_backwards=True))
    reversed_inputs = gate_activations(forward, example()[:, ::-1])
    for name, values in gate_activations(backward, example()).items():
        np.testing.assert_allclose(values, reversed_inputs[name][:, ::-1], atol=1e-6)


def test_the_cell_is_as_it_was():
    layer = random_weights(LSTMS["ours"]())
    functions = layer.cell.activation, layer.cell.recurrent_activation
    gate_activations(layer, example())
    assert (layer.cell.activation, layer.cell.recurrent_activation) == functions


def test_a_summary_counts_what_is_stuck():
    update = np.array([[[0.05, 0.5], [0.95, 0.5]], [[0.99, 0.0], [0.2, 0.81]]])
    candidate = np.array([[[-0.95, -0.5], [0.95, 0.0]], [[0.5, 0.5], [0.5, 0.5]]])
    activations = {"update": update, "candidate": candidate, "hidden": update}
    summary = summarize_gates(activations)
    assert list(summary) == ["update", "candidate"]
    assert summary["update"] == pytest.approx((0.5, 2 / 8, 2 / 8))
    assert summary["update"].saturation == 0.5
    assert summary["candidate"] == pytest.approx((0.1875, 1 / 8, 1 / 8))
    masked = summarize_gates(activations, mask=[[True, False], [False, True]])
    assert masked["update"] == pytest.approx(((0.05 + 0.5 + 0.2 + 0.81) / 4, 1 / 4, 0))


def fitted(layer, **options):
    """Two steps of descent on the outputs of a layer; returns the statistics and the first weights."""
    weights, targets = layer.get_weights(), np.zeros((BATCH, TIMESTEPS, UNITS), "float32")
    inputs = keras.Input((TIMESTEPS, FEATURES))
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    statistics = GateStatistics(example(), targets, **options)
    model.fit(example(), targets, batch_size=BATCH, epochs=2, callbacks=[statistics], verbose=0)
    return statistics, weights


@pytest.mark.parametrize("build", LSTMS.values(), ids=LSTMS)
def test_gradient_norms_of_lstm_gates_are_those_of_numpy(build):
    layer = random_weights(build(return_sequences=True))
    statistics, weights = fitted(layer)
    hidden, cell_states, gates = lstm_forward(example(), ZEROS, ZEROS, *weights)
    by_hidden = 2 * hidden / hidden.size  # of the mean squared error to zeros
    gradients = lstm_backward(by_hidden, example(), hidden, cell_states, gates, ZEROS, ZEROS, *weights)
    assert statistics.steps == [0, 1, 2]
    for weight in ("kernel", "recurrent_kernel", "bias"):
        for gate, block in zip(gates._fields, np.split(gradients[weight], 4, axis=-1), strict=True):
            recorded = statistics.gate_norms[layer.name][weight][gate]
            assert len(recorded) == 3
            assert recorded[0] == pytest.approx(np.linalg.norm(block), rel=1e-4)
    for gate, values in gates._asdict().items():
        summaries = statistics.summaries[layer.name][gate]
        assert len(summaries) == 3
        assert summaries[0].mean == pytest.approx(values.mean(), abs=1e-5)
    assert len(statistics.global_norms) == 3


def test_gradient_norms_of_gru_gates_are_those_of_numpy():
    layer = random_weights(keras.layers.RNN(layers.GRUCell(UNITS), return_sequences=True))
    statistics, weights = fitted(layer, every=1)
    hidden, gates = gru_forward(example(), ZEROS, *weights)
    gradients = gru_backward(2 * hidden / hidden.size, example(), hidden, gates, ZEROS, *weights)
    for weight in ("kernel", "recurrent_kernel", "bias"):
        for gate, block in zip(gates._fields, np.split(gradients[weight], 3, axis=-1), strict=True):
            recorded = statistics.gate_norms[layer.name][weight][gate]
            assert recorded[0] == pytest.approx(np.linalg.norm(block), rel=1e-4)


def deep_model(seed=0):
    keras.utils.set_random_seed(seed)
    stack = keras.layers.RNN(
        [layers.LSTMCell(UNITS), layers.LSTMCell(3)], return_sequences=True, name="stack"
    )
    both = keras.layers.GRU(UNITS, name="gru")
    model = keras.Sequential(
        [
            keras.layers.Input((TIMESTEPS,), dtype="int32"),
            keras.layers.Embedding(7, FEATURES, mask_zero=True, name="embedding"),
            stack,
            keras.layers.Dropout(0.3),
            layers.Bidirectional(both),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def ids():
    ids = np.random.default_rng(3).integers(1, 7, size=(BATCH, TIMESTEPS))
    ids[1, 4:] = ids[2, 2:] = 0
    return ids


def test_layers_are_found_in_stacks_and_wrappers_and_padding_does_not_count():
    model, targets = deep_model(), np.ones((BATCH, 1))
    embedded = keras.ops.convert_to_numpy(model.get_layer("embedding")(ids()))
    _, *weights = model.get_weights()
    statistics = GateStatistics(ids(), targets)
    model.fit(ids(), targets, epochs=1, callbacks=[statistics], verbose=0)
    assert list(statistics.summaries) == ["stack/0", "stack/1", "forward_gru", "backward_gru"]

    mask, hidden = ids() != 0, embedded
    for cell, units in enumerate((UNITS, 3)):
        zeros = np.zeros((BATCH, units), "float32")
        states = lstm_forward(hidden, zeros, zeros, *weights[3 * cell : 3 * cell + 3], mask=mask)
        hidden, _, gates = states
        for gate, values in gates._asdict().items():
            summary = statistics.summaries[f"stack/{cell}"][gate][0]
            assert summary.mean == pytest.approx(values[mask].mean(), abs=1e-5)
    for name, start, order in (("forward_gru", 6, slice(None)), ("backward_gru", 9, slice(None, None, -1))):
        _, gates = gru_forward(hidden[:, order], ZEROS, *weights[start : start + 3], mask=mask[:, order])
        for gate, values in gates._asdict().items():
            summary = statistics.summaries[name][gate][0]
            assert summary.mean == pytest.approx(values[mask[:, order]].mean(), abs=1e-5)


def test_measuring_does_not_change_the_training():
    targets, trained = np.ones((BATCH, 1)), []
    for callbacks in ([], [GateStatistics(ids(), targets, every=1)]):
        model = deep_model()
        losses = model.fit(ids(), targets, epochs=3, callbacks=callbacks, verbose=0).history["loss"]
        trained.append((losses, model.get_weights()))
    (plain_losses, plain), (probed_losses, probed) = trained
    np.testing.assert_allclose(probed_losses, plain_losses, rtol=1e-5)
    for one, other in zip(plain, probed, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-6)


def test_a_stateful_layer_keeps_its_state():
    layer = keras.layers.LSTM(UNITS, stateful=True)
    model = keras.Sequential([keras.layers.Input((TIMESTEPS, FEATURES), batch_size=BATCH), layer])
    model.compile("sgd", "mse")
    model(example())
    before = [keras.ops.convert_to_numpy(state) for state in layer.states]
    statistics = GateStatistics(example(), ZEROS)
    statistics.set_model(model)
    statistics.on_train_begin()
    for state, expected in zip(layer.states, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(state), expected)
    # And the gates were measured from the state that the layer was in.
    said = gate_activations(layer, example(), before)
    summary = statistics.summaries[layer.name]["forget"][0]
    assert summary.mean == pytest.approx(said["forget"].mean(), abs=1e-6)


def test_what_has_no_gates_is_named():
    with pytest.raises(ValueError, match="SimpleRNNCell has no gates"):
        gate_names(keras.layers.SimpleRNNCell(2))
    with pytest.raises(ValueError, match="stacks 2 cells"):
        gate_activations(keras.layers.RNN([layers.GRUCell(2), layers.GRUCell(2)]), example())
    with pytest.raises(ValueError, match="the cell has no weights yet"):
        gate_activations(layers.GRUCell(2), example())
    with pytest.raises(ValueError, match=r"\(batch, timesteps, features\), not \(3, 2\)"):
        gate_activations(random_weights(LSTMS["ours"]()), example()[:, 0])
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="no layer with gates"):
        model.fit(
            np.ones((1, 1)), np.ones((1, 1)), callbacks=[GateStatistics(np.ones((1, 1)), np.ones((1, 1)))]
        )
