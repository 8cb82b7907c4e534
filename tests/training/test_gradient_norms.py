"""Gradient norms, against closed forms and against numerical differences."""

import keras
import numpy as np
import pytest

from coursepkg.training import GradientNorms, gradient_norms_by_step

GENERATOR = np.random.default_rng(5)


def linear_model(weights):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, name="output")])
    model.set_weights(weights)
    return model


def test_norms_of_linear_regression_follow_the_closed_form():
    # Mean squared error: dL/dw = 2/N X'(Xw + b - y), dL/db = 2/N sum(Xw + b - y). One update per epoch, so
    # that the weights at each measurement are those of gradient descent done by hand.
    inputs = GENERATOR.normal(size=(16, 3)).astype("float32")
    targets = GENERATOR.normal(size=(16, 1)).astype("float32")
    kernel, bias = np.ones((3, 1), "float32"), np.zeros(1, "float32")
    model = linear_model([kernel, bias])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    norms = GradientNorms(inputs, targets, every=1)
    model.fit(inputs, targets, batch_size=16, epochs=4, callbacks=[norms], verbose=0)

    expected_losses, expected_kernel, expected_bias = [], [], []
    for _ in range(5):
        error = inputs @ kernel + bias - targets
        by_kernel, by_bias = 2 / 16 * inputs.T @ error, 2 / 16 * error.sum(axis=0)
        expected_losses.append(np.mean(error**2))
        expected_kernel.append(np.linalg.norm(by_kernel))
        expected_bias.append(np.linalg.norm(by_bias))
        kernel, bias = kernel - 0.1 * by_kernel, bias - 0.1 * by_bias
    assert norms.steps == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(norms.losses, expected_losses, rtol=1e-4)
    np.testing.assert_allclose(norms.global_norms, np.hypot(expected_kernel, expected_bias), rtol=1e-4)
    np.testing.assert_allclose(norms.layer_norms["output"], norms.global_norms, rtol=1e-5)
    paths = [variable.path for variable in model.trainable_variables]
    np.testing.assert_allclose(norms.weight_norms[paths[0]], expected_kernel, rtol=1e-4)
    np.testing.assert_allclose(norms.weight_norms[paths[1]], expected_bias, rtol=1e-4)


@pytest.mark.parametrize(("every", "expected"), [("epoch", [0, 3, 6]), (2, [0, 2, 4, 6]), (5, [0, 5])])
def test_steps_count_updates(every, expected):
    inputs = np.ones((6, 3), "float32")
    model = linear_model([np.ones((3, 1)), np.zeros(1)])
    model.compile("sgd", "mse")
    norms = GradientNorms(inputs, inputs[:, :1], every=every)
    model.fit(inputs, inputs[:, :1], batch_size=2, epochs=2, callbacks=[norms], verbose=0)
    assert norms.steps == expected
    assert len(norms.losses) == len(norms.global_norms) == len(norms.layer_norms["output"]) == len(expected)


def recurrent_model(seed):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.layers.Input((5,), dtype="int32"),
            keras.layers.Embedding(7, 4),
            keras.layers.SimpleRNN(6, return_sequences=True),
            keras.layers.Dropout(0.4),
            keras.layers.Dense(7),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss)
    return model


def loss_in_numpy(weights, ids):
    """The loss of `recurrent_model` in float64, written out, without dropout."""
    table, kernel, recurrent_kernel, bias, output_kernel, output_bias = weights
    hidden, losses = np.zeros((len(ids), len(bias))), []
    for step in range(ids.shape[1] - 1):
        hidden = np.tanh(table[ids[:, step]] @ kernel + hidden @ recurrent_kernel + bias)
        logits = hidden @ output_kernel + output_bias
        chosen = logits[np.arange(len(ids)), ids[:, step + 1]]
        losses.append(np.log(np.exp(logits).sum(axis=-1)) - chosen)
    return np.mean(losses)


def test_norms_of_a_recurrent_model_agree_with_differences_of_the_loss():
    ids = np.random.default_rng(0).integers(0, 7, size=(4, 6))
    model = recurrent_model(0)
    norms = GradientNorms(ids[:, :-1], ids[:, 1:])
    model.fit(ids[:, :-1], ids[:, 1:], epochs=1, verbose=0, callbacks=[norms])

    weights = [weight.astype("float64") for weight in model.get_weights()]
    assert norms.losses[-1] == pytest.approx(loss_in_numpy(weights, ids), rel=1e-5)
    for variable, weight in zip(model.trainable_variables, weights, strict=True):
        rates = []
        for entry in np.ndindex(weight.shape):
            original, outcomes = weight[entry], []
            for change in (1e-5, -1e-5):
                weight[entry] = original + change
                outcomes.append(loss_in_numpy(weights, ids))
            weight[entry] = original
            rates.append((outcomes[0] - outcomes[1]) / 2e-5)
        assert norms.weight_norms[variable.path][-1] == pytest.approx(np.linalg.norm(rates), rel=1e-4)


def test_measuring_does_not_change_the_training():
    ids = np.random.default_rng(0).integers(0, 7, size=(12, 6))

    def train(callbacks):
        model = recurrent_model(1)
        history = model.fit(ids[:, :-1], ids[:, 1:], 4, epochs=2, verbose=0, callbacks=callbacks)
        return history.history["loss"], model.get_weights()

    plain_losses, plain_weights = train([])
    probed_losses, probed_weights = train([GradientNorms(ids[:4, :-1], ids[:4, 1:], every=1)])
    np.testing.assert_allclose(probed_losses, plain_losses, rtol=1e-6)
    for plain, probed in zip(plain_weights, probed_weights, strict=True):
        np.testing.assert_allclose(probed, plain, rtol=1e-5, atol=1e-6)


def test_measuring_leaves_the_state_of_a_stateful_layer_alone():
    inputs = np.random.default_rng(0).normal(size=(2, 3, 1)).astype("float32")
    model = keras.Sequential(
        [keras.layers.Input((3, 1), batch_size=2), keras.layers.SimpleRNN(4, stateful=True)]
    )
    model.compile("sgd", "mse")
    model(inputs)
    before = keras.ops.convert_to_numpy(model.layers[0].states[0])
    norms = GradientNorms(inputs, np.zeros((2, 4), "float32"))
    norms.set_model(model)
    norms.on_train_begin()
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(model.layers[0].states[0]), before)
    assert np.any(before != 0)


@pytest.mark.parametrize("every", [0, -1, 1.5, "batch"])
def test_every_must_be_a_number_of_updates(every):
    with pytest.raises(ValueError, match="every must be"):
        GradientNorms(np.ones((1, 3)), np.ones((1, 1)), every=every)


def linear_recurrence(scale, units=6):
    rotation, _ = np.linalg.qr(GENERATOR.normal(size=(units, units)))
    layer = keras.layers.SimpleRNN(units, activation=None)
    layer.build((None, None, 2))
    layer.set_weights([GENERATOR.normal(size=(2, units)), scale * rotation, np.zeros(units)])
    return layer


@pytest.mark.parametrize("scale", [0.5, 0.9, 1.0, 1.1, 1.5])
def test_linear_recurrence_follows_the_power_law(scale):
    # h_t = x_t W + h_{t-1} U with U = scale * rotation: the gradient at lag k is 1 (U')^k, of length
    # scale^k sqrt(units), whatever the inputs are.
    inputs = GENERATOR.normal(size=(3, 12, 2))
    norms = gradient_norms_by_step(linear_recurrence(scale), inputs)
    expected = np.sqrt(6) * scale ** np.arange(12)
    np.testing.assert_allclose(norms, np.tile(expected, (3, 1)), rtol=1e-4)


def test_layer_and_cell_give_the_same():
    layer, inputs = linear_recurrence(0.8), GENERATOR.normal(size=(2, 5, 2))
    np.testing.assert_array_equal(
        gradient_norms_by_step(layer, inputs), gradient_norms_by_step(layer.cell, inputs)
    )


def built(layer):
    keras.utils.set_random_seed(0)
    layer.build((None, None, 2))
    return layer


def test_lag_zero_is_the_gradient_of_the_loss_itself():
    direction = GENERATOR.normal(size=5).astype("float32")
    norms = gradient_norms_by_step(
        built(keras.layers.GRU(5)),
        GENERATOR.normal(size=(4, 7, 2)),
        loss=lambda output: keras.ops.sum(output * direction),
    )
    np.testing.assert_allclose(norms[:, 0], np.linalg.norm(direction), rtol=1e-5)


@pytest.mark.parametrize(
    ("layer", "state"),
    [(keras.layers.SimpleRNN, 0), (keras.layers.GRU, 0), (keras.layers.LSTM, 0), (keras.layers.LSTM, 1)],
)
def test_norms_agree_with_differences_of_the_layer_restarted_from_each_state(layer, state):
    # The state before the last steps, moved up and down along each unit, and the layer run on from there: one
    # row of the batch for each move.
    units, timesteps, step = 3, 5, 1e-2
    layer = built(layer(units, return_state=True))
    inputs = GENERATOR.normal(size=(1, timesteps, 2)).astype("float32")
    norms = gradient_norms_by_step(layer, inputs, state=state)
    moves = step * np.concatenate([np.eye(units), -np.eye(units)]).astype("float32")  # (2 units, units)
    for lag in (1, timesteps - 1):
        _, *states = layer(inputs[:, : timesteps - lag])
        moved = [np.repeat(keras.ops.convert_to_numpy(value), 2 * units, axis=0) for value in states]
        moved[state] = moved[state] + moves
        output, *_ = layer(np.repeat(inputs[:, timesteps - lag :], 2 * units, axis=0), initial_state=moved)
        above, below = keras.ops.convert_to_numpy(output).sum(axis=-1).reshape(2, units)
        expected = np.linalg.norm((above - below) / (2 * step))
        assert norms[0, lag] == pytest.approx(expected, rel=2e-3, abs=1e-5)


def test_initial_states_are_used():
    layer, inputs = built(keras.layers.SimpleRNN(3)), np.zeros((2, 4, 2))
    from_zero = gradient_norms_by_step(layer, inputs)
    from_two = gradient_norms_by_step(layer, inputs, initial_states=[np.full((2, 3), 2.0, "float32")])
    # Away from zero tanh is flatter than at zero, where its slope is one.
    assert np.all(from_two[:, -1] < from_zero[:, -1])


def test_wrong_arguments_are_named():
    layer = built(keras.layers.SimpleRNN(3))
    with pytest.raises(ValueError, match=r"\(batch, timesteps, features\), not \(4, 2\)"):
        gradient_norms_by_step(layer, np.zeros((4, 2)))
    with pytest.raises(ValueError, match="from 0 to 0 for this cell, not 1"):
        gradient_norms_by_step(layer, np.zeros((1, 4, 2)), state=1)
    with pytest.raises(ValueError, match="no weights yet"):
        gradient_norms_by_step(keras.layers.SimpleRNN(3), np.zeros((1, 4, 2)))
