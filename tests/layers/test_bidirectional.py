"""Our Bidirectional against that of Keras, with the same weights, and against two layers run by hand."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from coursepkg import layers

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 6, 4, 5
MASKS = {
    "no_mask": None,
    "post": np.array([[1] * 6, [1] * 4 + [0] * 2, [1] + [0] * 5], bool),
    "pre": np.array([[1] * 6, [0] * 2 + [1] * 4, [0] * 5 + [1]], bool),
    "nothing in a row": np.array([[1] * 6, [0] * 6, [0, 1] * 3], bool),
}
MERGE_MODES = ["concat", "sum", "ave", "mul", None]


def example(seed=0):
    return np.random.default_rng(seed).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")


def arrays(outputs):
    return [ops.convert_to_numpy(output) for output in keras.tree.flatten(outputs)]


def random_weights(layer, seed=1):
    layer.build((BATCH, TIMESTEPS, FEATURES))
    generator = np.random.default_rng(seed)
    layer.set_weights([0.5 * generator.normal(size=weight.shape) for weight in layer.get_weights()])
    return layer


def pair(builtin, merge_mode="concat", **arguments):
    """Our wrapper around our cell and Keras's around its own layer, with the same weights."""
    cell = {"LSTM": layers.LSTMCell, "GRU": layers.GRUCell, "SimpleRNN": layers.SimpleRNNCell}[builtin]
    ours = layers.Bidirectional(keras.layers.RNN(cell(UNITS), **arguments), merge_mode)
    theirs = keras.layers.Bidirectional(getattr(keras.layers, builtin)(UNITS, **arguments), merge_mode)
    random_weights(ours)
    theirs.build((BATCH, TIMESTEPS, FEATURES))
    theirs.set_weights(ours.get_weights())
    return ours, theirs


@pytest.mark.parametrize("merge_mode", MERGE_MODES)
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_outputs_are_those_of_keras(merge_mode, return_sequences, mask):
    ours, theirs = pair("LSTM", merge_mode, return_sequences=return_sequences)
    for mine, expected in zip(
        arrays(ours(example(), mask=mask)), arrays(theirs(example(), mask=mask)), strict=True
    ):
        np.testing.assert_allclose(mine, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("builtin", "states"), [("LSTM", 4), ("GRU", 2), ("SimpleRNN", 2)])
@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_states_go_in_and_come_out_as_in_keras(builtin, states, mask):
    initial = list(np.random.default_rng(2).normal(size=(states, BATCH, UNITS)).astype("float32"))
    ours, theirs = pair(builtin, return_sequences=True, return_state=True)
    mine = arrays(ours(example(), initial_state=initial, mask=mask))
    expected = arrays(theirs(example(), initial_state=initial, mask=mask))
    assert len(mine) == 1 + states
    for our_output, their_output in zip(mine, expected, strict=True):
        np.testing.assert_allclose(our_output, their_output, rtol=1e-5, atol=1e-6)


def test_every_step_sees_all_steps_forward_state_and_backward_state():
    """By hand: the backward half at step t is what the cell says of the reversed rest of the sequence."""
    cell = layers.GRUCell(UNITS)
    both = random_weights(layers.Bidirectional(keras.layers.RNN(cell, return_sequences=True)))
    outputs = ops.convert_to_numpy(both(example()))
    weights = both.get_weights()
    for half, sequence in enumerate((example(), example()[:, ::-1])):
        alone = random_weights(keras.layers.RNN(layers.GRUCell(UNITS), return_sequences=True))
        alone.set_weights(weights[3 * half : 3 * half + 3])
        expected = ops.convert_to_numpy(alone(sequence))
        expected = expected[:, ::-1] if half else expected
        np.testing.assert_allclose(
            outputs[..., half * UNITS : (half + 1) * UNITS], expected, rtol=1e-5, atol=1e-6
        )


def test_the_forward_half_knows_the_past_and_the_backward_half_the_future():
    both = random_weights(
        layers.Bidirectional(keras.layers.RNN(layers.LSTMCell(UNITS), return_sequences=True))
    )
    before, changed = ops.convert_to_numpy(both(example())), example()
    changed[:, 3] += 1.0
    moved = np.abs(ops.convert_to_numpy(both(changed)) - before).max(axis=0)  # (timesteps, 2 * units)
    forward, backward = moved[:, :UNITS].max(axis=-1), moved[:, UNITS:].max(axis=-1)
    assert np.all(forward[:3] < 1e-6) and np.all(forward[3:] > 1e-6)
    assert np.all(backward[:4] > 1e-6) and np.all(backward[4:] < 1e-6)


@pytest.mark.parametrize("stacked", [False, True])
def test_it_is_a_keras_layer(run_layer_test, stacked):
    def build(dtype=None):
        cells = [layers.LSTMCell(UNITS, dtype=dtype) for _ in range(1 + stacked)]
        # RNN([...]) would give the stack the global precision, whatever that of its cells.
        cell = keras.layers.StackedRNNCells(cells, dtype=dtype) if stacked else cells[0]
        layer = keras.layers.RNN(cell, return_sequences=True, dtype=dtype)
        return layers.Bidirectional(layer, dtype=dtype)

    one = 4 * UNITS * (FEATURES + UNITS + 1) + stacked * 4 * UNITS * (UNITS + UNITS + 1)
    run_layer_test(
        build,
        {},
        (BATCH, TIMESTEPS, FEATURES),
        (BATCH, TIMESTEPS, 2 * UNITS),
        parameters=2 * one,
        trainable_weights=6 * (1 + stacked),
    )


@pytest.mark.parametrize(
    ("merge_mode", "return_sequences", "return_state"),
    list(itertools.product(MERGE_MODES, [False, True], [False, True])),
)
def test_shapes_are_known_before_anything_is_computed(merge_mode, return_sequences, return_state):
    ours, _ = pair("GRU", merge_mode, return_sequences=return_sequences, return_state=return_state)
    expected = [array.shape for array in arrays(ours(example()))]
    shapes = ours.compute_output_shape(example().shape)
    shapes = shapes if isinstance(shapes[0], tuple) else (shapes,)
    assert [tuple(shape) for shape in shapes] == expected


def test_a_training_step_moves_the_weights_as_in_keras():
    trained = []
    sequences = example()
    sequences[1, 4:] = sequences[2, 1:] = 0.0
    for layer in pair("LSTM", return_sequences=True):
        inputs = keras.Input((TIMESTEPS, FEATURES))
        model = keras.Model(inputs, layer(keras.layers.Masking()(inputs)))
        model.compile(keras.optimizers.SGD(0.5), "mse")
        loss = model.train_on_batch(sequences, np.ones((BATCH, TIMESTEPS, 2 * UNITS), "float32"))
        trained.append((loss, model.get_weights()))
    (our_loss, our_weights), (their_loss, their_weights) = trained
    assert our_loss == pytest.approx(their_loss, rel=1e-5)
    for mine, theirs in zip(our_weights, their_weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)


def test_the_mask_goes_on_to_the_next_layer_where_steps_are_returned():
    """Keras adds the loss only over steps that the mask lets through: both wrappers must pass it on."""
    sequences = example()
    sequences[1, 4:] = 0.0
    losses = []
    for layer in pair("GRU", return_sequences=True):
        inputs = keras.Input((TIMESTEPS, FEATURES))
        model = keras.Model(inputs, keras.layers.Dense(1)(layer(keras.layers.Masking()(inputs))))
        model.set_weights([*layer.get_weights(), np.ones((2 * UNITS, 1)), np.ones(1)])
        model.compile("sgd", "mse")
        losses.append(model.evaluate(sequences, np.zeros((BATCH, TIMESTEPS, 1)), verbose=0))
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    ours, _ = pair("GRU")
    assert ours.compute_mask(None, MASKS["post"]) is None


def test_stateful_layers_start_where_the_last_batch_stopped_and_can_be_reset():
    ours, theirs = pair("LSTM", stateful=True, return_sequences=True)
    for part in (example()[:, :2], example()[:, 2:]):
        np.testing.assert_allclose(
            ops.convert_to_numpy(ours(part)), ops.convert_to_numpy(theirs(part)), rtol=1e-5, atol=1e-6
        )
    fresh = ops.convert_to_numpy(pair("LSTM", stateful=True, return_sequences=True)[0](example()))
    assert np.abs(ops.convert_to_numpy(ours(example())) - fresh).max() > 1e-3
    ours.reset_state()
    np.testing.assert_allclose(ops.convert_to_numpy(ours(example())), fresh, rtol=1e-6, atol=1e-6)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="merge_mode is 'max'; expected one of 'concat', 'sum'"):
        layers.Bidirectional(keras.layers.RNN(layers.GRUCell(3)), "max")
    with pytest.raises(ValueError, match="expected a recurrent layer"):
        layers.Bidirectional(keras.layers.Dense(3))


@pytest.mark.parametrize(
    ("cell", "initial", "message"),
    [
        (layers.GRUCell, np.zeros((1, BATCH, UNITS)), "a list of 1; expected a list of 2 states"),
        (layers.LSTMCell, np.zeros((2, BATCH, UNITS)), "a list of 2; expected a list of 4 states"),
        (layers.GRUCell, np.zeros((3, BATCH, UNITS)), "1 of the forward layer, then 1 of the backward"),
    ],
)
def test_initial_states_that_are_too_few_or_too_many_are_named(cell, initial, message):
    both = layers.Bidirectional(keras.layers.RNN(cell(UNITS)))
    with pytest.raises(ValueError, match=message):
        both(example(), initial_state=list(initial.astype("float32")))


def test_one_tensor_is_no_list_of_states():
    both = layers.Bidirectional(keras.layers.RNN(layers.GRUCell(UNITS)))
    with pytest.raises(ValueError, match=r"a tensor of shape \(2, 5\); expected a list of 2 states"):
        both(example()[:2], initial_state=np.zeros((2, UNITS), "float32"))


def test_a_layer_that_reads_backwards_is_refused():
    with pytest.raises(ValueError, match="go_backwards=True; expected one that reads forwards"):
        layers.Bidirectional(keras.layers.RNN(layers.GRUCell(UNITS), go_backwards=True))


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_stacked_cells_hand_out_and_take_all_their_states(mask):
    """Around stacked cells it is, as in Keras, one layer from each end."""
    initial = list(np.random.default_rng(2).normal(size=(6, BATCH, UNITS)).astype("float32"))

    def stack(wrapper, lstm, gru):
        layer = keras.layers.RNN([lstm(UNITS), gru(UNITS)], return_sequences=True, return_state=True)
        return random_weights(wrapper(layer))

    ours = stack(layers.Bidirectional, layers.LSTMCell, layers.GRUCell)
    both_ends = arrays(ours(example(), initial_state=_nested(initial), mask=mask))
    weights = ours.get_weights()
    for half, backwards in enumerate((False, True)):
        alone = keras.layers.RNN(
            [keras.layers.LSTMCell(UNITS), keras.layers.GRUCell(UNITS)],
            return_sequences=True,
            return_state=True,
            go_backwards=backwards,
            zero_output_for_mask=True,
        )
        alone.build((BATCH, TIMESTEPS, FEATURES))
        alone.set_weights(weights[6 * half : 6 * half + 6])
        states = _nested(initial)[2 * half : 2 * half + 2]
        outputs, *last = arrays(alone(example(), initial_state=states, mask=mask))
        outputs = outputs[:, ::-1] if backwards else outputs
        mine = both_ends[0][..., half * UNITS : (half + 1) * UNITS]
        np.testing.assert_allclose(mine, outputs, rtol=1e-5, atol=1e-6)
        for found, expected in zip(both_ends[1 + 3 * half : 4 + 3 * half], last, strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def _nested(states):
    """The states of an LSTM and a GRU, for each direction: two and one."""
    return [states[:2], states[2], states[3:5], states[5]]
