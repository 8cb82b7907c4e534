"""Recurrent cells against the Keras built-ins and against the equations. One body of tests for every cell.

A new cell is one more line in `CELLS`. The file names no backend; run it with KERAS_BACKEND=jax too.
"""

import itertools
from functools import partial

import keras
import numpy as np
import pytest
from keras import ops

from coursepkg import layers
from coursepkg.scratch import rnn_backward, rnn_forward

BATCH, TIMESTEPS, FEATURES, UNITS = 3, 6, 4, 5
CELLS = {
    # ours, the built-in layer that does the same job, how many parameters for each unit beside W and U
    "simple": (layers.SimpleRNNCell, keras.layers.SimpleRNN, 1, 1),
    "lstm": (layers.LSTMCell, keras.layers.LSTM, 4, 4),
    "gru": (layers.GRUCell, keras.layers.GRU, 3, 6),
    "gru_reset_before": (
        partial(layers.GRUCell, reset_after=False),
        partial(keras.layers.GRU, reset_after=False),
        3,
        3,
    ),
    "peephole": (layers.PeepholeLSTMCell, None, 4, 4 + 3),
    "coupled": (layers.CoupledLSTMCell, None, 3, 3),
    "lstm_normalized": (partial(layers.LSTMCell, layer_normalization=True), None, 4, 4 + 4 + 4 + 2),
    "gru_normalized": (partial(layers.GRUCell, layer_normalization=True), None, 3, 6 + 3 + 3),
    "gru_reset_before_normalized": (
        partial(layers.GRUCell, reset_after=False, layer_normalization=True),
        None,
        3,
        3 + 3 + 3,
    ),
}
PAIRS = {name: (ours, builtin) for name, (ours, builtin, _, _) in CELLS.items() if builtin}
MASKS = {
    "no_mask": None,
    "post": np.array([[1] * 6, [1] * 4 + [0] * 2, [1] + [0] * 5], bool),
    "pre": np.array([[1] * 6, [0] * 2 + [1] * 4, [0] * 5 + [1]], bool),
    "nothing in a row": np.array([[1] * 6, [0] * 6, [0, 1] * 3], bool),
    "holes": np.array([[1] * 6, [1] * 4 + [0] * 2, [0, 1, 1, 0, 1, 1]], bool),
}

ours_and_builtin = pytest.mark.parametrize(("ours", "builtin"), PAIRS.values(), ids=PAIRS)
every_cell = pytest.mark.parametrize("cell_class", [ours for ours, *_ in CELLS.values()], ids=CELLS)
every_mask = pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)


def example(seed=0):
    return np.random.default_rng(seed).normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")


def numpy_list(outputs):
    return [
        ops.convert_to_numpy(output)
        for output in (outputs if isinstance(outputs, list | tuple) else [outputs])
    ]


def layer_with_random_weights(cell, seed=1, **arguments):
    """Builds `RNN(cell)` and gives it random weights, so that a bias that is forgotten is noticed."""
    layer = keras.layers.RNN(cell, **arguments)
    layer.build((BATCH, TIMESTEPS, FEATURES))
    generator = np.random.default_rng(seed)
    layer.set_weights([0.5 * generator.normal(size=weight.shape) for weight in layer.get_weights()])
    return layer


@pytest.mark.parametrize(
    ("cell_class", "blocks", "others"),
    [(ours, blocks, others) for ours, _, blocks, others in CELLS.values()],
    ids=CELLS,
)
def test_it_is_a_keras_layer(run_layer_test, cell_class, blocks, others):
    def build(dtype=None, **arguments):
        return keras.layers.RNN(cell_class(dtype=dtype, **arguments), return_sequences=True, dtype=dtype)

    cell = cell_class(UNITS)
    cell.build((BATCH, FEATURES))
    run_layer_test(
        build,
        {"units": UNITS},
        (BATCH, TIMESTEPS, FEATURES),
        (BATCH, TIMESTEPS, UNITS),
        parameters=UNITS * (blocks * (FEATURES + UNITS) + others),
        trainable_weights=len({weight.path for weight in cell.weights}),
    )


@ours_and_builtin
@every_mask
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"return_sequences": True},
        {"return_sequences": True, "return_state": True},
        {"go_backwards": True, "return_sequences": True, "return_state": True},
        {"unroll": True, "return_sequences": True},
        {"zero_output_for_mask": True, "return_sequences": True},
    ],
    ids=lambda arguments: "-".join(arguments) or "default",
)
def test_outputs_are_those_of_the_builtin(ours, builtin, arguments, mask):
    our_layer = layer_with_random_weights(ours(UNITS), **arguments)
    their_layer = builtin(UNITS, **arguments)
    their_layer.build((BATCH, TIMESTEPS, FEATURES))
    their_layer.set_weights(our_layer.get_weights())  # and so the arrays have the same order and shapes
    assert [weight.name for weight in our_layer.weights] == [weight.name for weight in their_layer.weights]
    states = list(np.random.default_rng(2).normal(size=(len(our_layer.state_size), BATCH, UNITS)))
    for initial_state in (None, [state.astype("float32") for state in states]):
        mine = our_layer(example(), mask=mask, initial_state=initial_state)
        theirs = their_layer(example(), mask=mask, initial_state=initial_state)
        for our_output, their_output in zip(numpy_list(mine), numpy_list(theirs), strict=True):
            np.testing.assert_allclose(our_output, their_output, rtol=1e-5, atol=1e-6)


@ours_and_builtin
def test_weights_move_back(ours, builtin):
    theirs = builtin(UNITS)
    expected = ops.convert_to_numpy(theirs(example()))
    mine = keras.layers.RNN(ours(UNITS))
    mine.build(example().shape)
    mine.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ops.convert_to_numpy(mine(example())), expected, atol=1e-6)


@ours_and_builtin
@every_mask
def test_stacked_cells_are_stacked_builtins(ours, builtin, mask):
    """Two of our cells in one layer, and two built-in layers one after the other."""
    stacked = layer_with_random_weights([ours(UNITS), ours(2)], return_sequences=True, return_state=True)
    first = builtin(UNITS, return_sequences=True, return_state=True)
    second = builtin(2, return_sequences=True, return_state=True)
    weights = stacked.get_weights()
    first.build(example().shape)
    second.build((BATCH, TIMESTEPS, UNITS))
    first.set_weights(weights[: len(weights) // 2])
    second.set_weights(weights[len(weights) // 2 :])
    outputs, *states = keras.tree.flatten(stacked(example(), mask=mask))
    between, *first_states = first(example(), mask=mask)
    expected, *second_states = second(between, mask=mask)
    for mine, theirs in zip([outputs, *states], [expected, *first_states, *second_states], strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(mine), ops.convert_to_numpy(theirs), rtol=1e-5, atol=1e-6
        )


@ours_and_builtin
@pytest.mark.parametrize("arguments", [{}, {"go_backwards": True}, {"return_sequences": True}], ids="-".join)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.filterwarnings("ignore:Layer 'flatten:UserWarning")  # the loss counts every number alike
def test_gradients_by_inputs_and_initial_states_are_those_of_the_builtin(ours, builtin, arguments, masked):
    """Matrices before the inputs and every initial state: a step of descent moves them by their gradient.

    The loss looks at the outputs and at all last states.
    """
    generator = np.random.default_rng(5)
    sequences = example()
    if masked:
        sequences[1, 4:] = sequences[2, 0] = 0.0
    context = generator.normal(size=(BATCH, 3)).astype("float32")
    trained, weights = [], None
    for layer in (
        keras.layers.RNN(ours(UNITS), return_state=True, **arguments),
        builtin(UNITS, return_state=True, **arguments),
    ):
        inputs, beside = keras.Input((TIMESTEPS, FEATURES)), keras.Input((3,))
        seen = keras.layers.Masking()(inputs) if masked else inputs
        seen = keras.layers.Dense(FEATURES, use_bias=False)(seen)
        states = [keras.layers.Dense(UNITS, use_bias=False)(beside) for _ in layer.state_size]
        outputs = [keras.layers.Flatten()(part) for part in layer(seen, initial_state=states)]
        model = keras.Model([inputs, beside], keras.layers.Concatenate()(outputs))
        if weights is None:
            weights = [generator.normal(size=weight.shape) for weight in model.get_weights()]
        model.set_weights(weights)
        model.compile(keras.optimizers.SGD(0.5), "mse")
        targets = np.ones((BATCH, model.output_shape[-1]), "float32")
        trained.append((model.train_on_batch([sequences, context], targets), model.get_weights()))
    (our_loss, our_weights), (their_loss, their_weights) = trained
    assert our_loss == pytest.approx(their_loss, rel=1e-5)
    for mine, theirs, start in zip(our_weights, their_weights, weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)
        assert np.abs(mine - start).max() > 1e-4


@ours_and_builtin
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"use_bias": False},
        {"activation": "relu"},
        {"activation": None},
        {"kernel_regularizer": "l2", "recurrent_regularizer": "l1", "bias_regularizer": "l2"},
        {"kernel_constraint": "non_neg", "recurrent_constraint": "unit_norm", "bias_constraint": "max_norm"},
        {"dropout": 0.4, "seed": 7},
        {"recurrent_dropout": 0.3, "seed": 7},
        {"dropout": 0.4, "recurrent_dropout": 0.3, "seed": 7},
    ],
    ids=lambda arguments: "-".join(arguments) or "default",
)
@pytest.mark.parametrize("masked", [False, True])
def test_a_training_step_moves_the_weights_as_the_builtin_does(ours, builtin, arguments, masked):
    """A step of plain gradient descent shows the gradient on every backend. Dropout draws the same masks."""
    targets = np.random.default_rng(3).normal(size=(BATCH, TIMESTEPS, UNITS))
    trained = []
    inputs_array = example()
    if masked:
        inputs_array[1, 4:] = 0.0
        inputs_array[2, 0] = 0.0
    weights = layer_with_random_weights(ours(UNITS, **arguments)).get_weights()
    for layer in (
        keras.layers.RNN(ours(UNITS, **arguments), return_sequences=True),
        builtin(UNITS, return_sequences=True, **arguments),
    ):
        inputs = keras.Input((TIMESTEPS, FEATURES))
        outputs = layer(keras.layers.Masking()(inputs) if masked else inputs)
        model = keras.Model(inputs, outputs)
        layer.set_weights(weights)
        model.compile(keras.optimizers.SGD(0.5), "mse")
        losses = [model.train_on_batch(inputs_array, targets) for _ in range(2)]
        trained.append((losses, layer.get_weights()))
    (our_losses, our_weights), (their_losses, their_weights) = trained
    np.testing.assert_allclose(our_losses, their_losses, rtol=1e-5)
    for mine, theirs, start in zip(our_weights, their_weights, weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)
        assert np.abs(mine - start).max() > 1e-3  # something moved, so there was something to compare


@every_cell
def test_stateful_goes_on_where_the_last_batch_stopped(cell_class):
    whole = layer_with_random_weights(cell_class(UNITS), return_sequences=True)
    stateful = keras.layers.RNN(cell_class(UNITS), return_sequences=True, stateful=True)
    stateful.build(example().shape)
    stateful.set_weights(whole.get_weights())
    expected = ops.convert_to_numpy(whole(example()))
    parts = [ops.convert_to_numpy(stateful(part)) for part in (example()[:, :2], example()[:, 2:])]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), expected, rtol=1e-6, atol=1e-6)
    stateful.reset_state()
    again = ops.convert_to_numpy(stateful(example()))
    np.testing.assert_allclose(again, expected, rtol=1e-6, atol=1e-6)


@every_cell
def test_outputs_do_not_depend_on_later_steps(cell_class):
    layer = layer_with_random_weights(cell_class(UNITS), return_sequences=True)
    before = ops.convert_to_numpy(layer(example()))
    for step in range(1, TIMESTEPS):
        changed = example()
        changed[:, step:] = 9.0
        after = ops.convert_to_numpy(layer(changed))
        np.testing.assert_allclose(after[:, :step], before[:, :step], rtol=1e-6, atol=1e-7)
        assert np.abs(after[:, step:] - before[:, step:]).min(axis=-1).max() > 1e-3


@every_cell
def test_every_step_depends_on_the_first(cell_class):
    layer = layer_with_random_weights(cell_class(UNITS), return_sequences=True)
    changed = example()
    changed[:, 0] += 1.0
    difference = np.abs(ops.convert_to_numpy(layer(changed)) - ops.convert_to_numpy(layer(example())))
    assert difference.max(axis=-1).min() > 1e-5


@every_cell
def test_outputs_do_not_depend_on_other_rows_of_the_batch(cell_class):
    layer = layer_with_random_weights(cell_class(UNITS), return_sequences=True)
    together = ops.convert_to_numpy(layer(example()))
    for row in range(BATCH):
        alone = ops.convert_to_numpy(layer(example()[row : row + 1]))
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-5, atol=1e-6)
        changed = np.full_like(example(), 5.0)
        changed[row] = example()[row]
        np.testing.assert_allclose(
            ops.convert_to_numpy(layer(changed))[row], together[row], rtol=1e-5, atol=1e-6
        )


@every_cell
def test_what_stands_under_the_mask_has_no_effect(cell_class):
    layer = layer_with_random_weights(cell_class(UNITS))
    mask = np.array([[1] * 6, [1] * 4 + [0] * 2, [1, 0, 1, 1, 0, 0]], bool)
    changed = np.where(mask[..., None], example(), 7.0).astype("float32")
    outputs = ops.convert_to_numpy(layer(example(), mask=mask))
    np.testing.assert_allclose(ops.convert_to_numpy(layer(changed, mask=mask)), outputs, atol=1e-6)
    for row in range(BATCH):
        shorter = ops.convert_to_numpy(layer(example()[row : row + 1, mask[row]]))
        np.testing.assert_allclose(shorter[0], outputs[row], rtol=1e-5, atol=1e-6)


@every_cell
def test_one_dropout_mask_serves_the_whole_sequence_and_none_at_inference(cell_class):
    """At a rate of one half an input is doubled or gone: exactly one of the 2^4 ways fits all steps."""
    sequence = example()[:1]
    for seed in range(3, 13):
        layer = layer_with_random_weights(cell_class(UNITS, dropout=0.5, seed=seed), return_sequences=True)
        dropped = ops.convert_to_numpy(layer(sequence, training=True))
        ways = [
            np.array(way, "float32")
            for way in itertools.product((0, 2), repeat=FEATURES)
            if np.allclose(
                ops.convert_to_numpy(layer(sequence * np.array(way, "float32"))), dropped, atol=1e-5
            )
        ]
        assert len(ways) == 1
        if 0 < ways[0].sum() < 2 * FEATURES:
            break  # something was dropped, and not everything: a generator may need another seed for that
    else:
        pytest.fail("all or nothing is dropped with each of ten seeds")
    at_inference = ops.convert_to_numpy(layer(sequence))
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(sequence, training=False)), at_inference)
    assert np.abs(at_inference - dropped).max() > 1e-3


@every_cell
def test_the_same_seed_drops_the_same_and_the_next_batch_drops_others(cell_class):
    def two_batches(seed):
        cell = cell_class(UNITS, dropout=0.5, recurrent_dropout=0.5, seed=seed)
        layer = layer_with_random_weights(cell, return_sequences=True)
        return [ops.convert_to_numpy(layer(example(), training=True)) for _ in range(2)]

    first, again, other = two_batches(3), two_batches(3), two_batches(4)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first[0] - first[1]).max() > 1e-3
    assert np.abs(first[0] - other[0]).max() > 1e-3


@every_cell
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0}, "units is 0; expected a positive integer"),
        ({"units": 2.5}, "units is 2.5; expected a positive integer"),
        ({"units": 3, "dropout": 1.5}, "dropout is 1.5; expected a share from 0 to 1"),
        ({"units": 3, "recurrent_dropout": -0.1}, "recurrent_dropout is -0.1"),
    ],
)
def test_wrong_arguments_are_named(cell_class, arguments, message):
    with pytest.raises(ValueError, match=message):
        cell_class(**arguments)


def test_simple_cell_is_the_numpy_recurrence():
    """Forward, and backward by one step of gradient descent: Keras and `coursepkg.scratch` say the same."""
    layer = layer_with_random_weights(layers.SimpleRNNCell(UNITS), return_sequences=True)
    kernel, recurrent_kernel, bias = layer.get_weights()
    initial = np.zeros((BATCH, UNITS), "float32")
    hidden_states = rnn_forward(example(), initial, kernel, recurrent_kernel, bias)
    np.testing.assert_allclose(ops.convert_to_numpy(layer(example())), hidden_states, atol=1e-6)

    targets = np.random.default_rng(4).normal(size=hidden_states.shape).astype("float32")
    gradients = rnn_backward(
        2 * (hidden_states - targets) / targets.size,  # of the mean squared error
        example(),
        hidden_states,
        initial,
        kernel,
        recurrent_kernel,
        bias,
    )
    inputs = keras.Input((TIMESTEPS, FEATURES))
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.SGD(1.0), "mse")
    model.train_on_batch(example(), targets)
    for name, before, after in zip(
        ("kernel", "recurrent_kernel", "bias"),
        (kernel, recurrent_kernel, bias),
        layer.get_weights(),
        strict=True,
    ):
        np.testing.assert_allclose(before - after, gradients[name], rtol=1e-3, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("use_bias", [True, False])
def test_simple_cell_in_float64_is_the_equation(use_bias):
    cell = layers.SimpleRNNCell(UNITS, use_bias=use_bias, bias_initializer="ones", dtype="float64")
    inputs, hidden = example()[:, 0].astype("float64"), np.random.default_rng(1).normal(size=(BATCH, UNITS))
    output, (state,) = cell(inputs, [hidden])
    kernel, recurrent_kernel, *bias = cell.get_weights()
    expected = np.tanh(inputs @ kernel + hidden @ recurrent_kernel + (bias[0] if bias else 0.0))
    tolerance = 1e-12 if output.dtype == "float64" else 1e-5  # JAX computes in float32 unless told otherwise
    np.testing.assert_allclose(ops.convert_to_numpy(output), expected, atol=tolerance)
    np.testing.assert_array_equal(ops.convert_to_numpy(output), ops.convert_to_numpy(state))
