"""Forecasts at once and step by step, against loops written by hand."""

import keras
import numpy as np
import parameters
import pytest
from keras import layers

from coursepkg.layers import GRUCell, LSTMCell, SimpleRNNCell
from coursepkg.models import Forecaster
from coursepkg.scratch import rnn_forward

BATCH, TIMESTEPS, HORIZON = 4, 6, 3


def example(features=1, seed=0):
    generator = np.random.default_rng(seed)
    history = generator.normal(size=(BATCH, TIMESTEPS, features)).astype("float32")
    future = generator.normal(size=(BATCH, HORIZON, features)).astype("float32")
    return history, future


def new_model(strategy, features=1, cells=None, **arguments):
    cells = [LSTMCell(5), GRUCell(4)] if cells is None else cells
    return Forecaster(HORIZON, cells, strategy, features, **arguments)


def random_model(strategy, features=1, **arguments):
    model = new_model(strategy, features, **arguments)
    model(example(features)[0])
    return parameters.randomise(model)


@pytest.mark.parametrize(
    ("strategy", "taught"), [("direct", False), ("recursive", False), ("recursive", True)]
)
@pytest.mark.parametrize("features", [1, 2])
def test_it_is_a_keras_model(run_model_test, strategy, taught, features):
    history, future = example(features)
    outputs = features * (HORIZON if strategy == "direct" else 1)
    expected = parameters.lstm(features, 5) + parameters.gru(5, 4) + parameters.dense(4, outputs)
    model = run_model_test(
        lambda: new_model(strategy, features),
        [history, future] if taught else history,
        future,
        keras.losses.MeanSquaredError(),
        parameters=expected,
        jit_compile=features == 1 and (taught or strategy == "direct"),
    )
    assert model.predict(history, verbose=0).shape == (BATCH, HORIZON, features)


def test_a_direct_forecast_is_a_dense_layer_on_the_last_state():
    model = random_model("direct", features=2)
    history, _ = example(features=2)
    builtin = keras.Sequential(
        [
            layers.LSTM(5, return_sequences=True),
            layers.GRU(4),
            layers.Dense(HORIZON * 2),
            layers.Reshape((HORIZON, 2)),
        ]
    )
    builtin.build(history.shape)
    builtin.set_weights(model.get_weights())
    np.testing.assert_allclose(
        model.predict(history, verbose=0), builtin.predict(history, verbose=0), rtol=1e-4, atol=1e-5
    )


def test_a_direct_model_may_read_more_series_than_it_forecasts():
    history, _ = example(features=3)
    assert Forecaster(HORIZON, GRUCell(4), features=1).predict(history, verbose=0).shape == (
        BATCH,
        HORIZON,
        1,
    )


def forecasts_by_hand(model, history, future=None):
    """A loop over NumPy's recurrence: reads all again for each step, with true values if they are given."""
    kernel, recurrent_kernel, bias, output_kernel, output_bias = model.get_weights()
    read, forecasts = history, []
    for step in range(HORIZON):
        hidden = rnn_forward(read, np.zeros((len(history), 5)), kernel, recurrent_kernel, bias)
        forecasts.append(hidden[:, -1] @ output_kernel + output_bias)
        following = forecasts[-1] if future is None else future[:, step]
        read = np.concatenate([read, following[:, None]], axis=1)
    return np.stack(forecasts, axis=1)


@pytest.mark.parametrize("features", [1, 2])
def test_a_recursive_forecast_reads_its_own_forecasts(features):
    model = random_model("recursive", features, cells=SimpleRNNCell(5))
    history, _ = example(features)
    expected = forecasts_by_hand(model, history)
    np.testing.assert_allclose(model.predict(history, verbose=0), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("features", [1, 2])
def test_a_taught_forecast_reads_the_true_values(features):
    model = random_model("recursive", features, cells=SimpleRNNCell(5))
    history, future = example(features)
    found = model.predict([history, future], verbose=0)
    np.testing.assert_allclose(found, forecasts_by_hand(model, history, future), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found[:, 0], model.predict(history, verbose=0)[:, 0], rtol=1e-4, atol=1e-5)


def test_a_taught_forecast_never_sees_the_step_it_forecasts():
    model = random_model("recursive")
    history, future = example()
    before = model.predict([history, future], verbose=0)
    for step in range(HORIZON):
        changed = future.copy()
        changed[:, step:] += 1.0
        after = model.predict([history, changed], verbose=0)
        np.testing.assert_allclose(after[:, : step + 1], before[:, : step + 1], rtol=1e-5, atol=1e-6)
        assert (np.abs(after - before)[:, step + 1 :] > 1e-5).all()


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
def test_it_learns_a_wave_and_carries_it_on(strategy):
    """A sine, forecast for half a period, at the end of which the last known value is as wrong as can be."""
    time = np.arange(400)
    wave = np.sin(2 * np.pi * time / 12)
    windows = np.stack([wave[k : k + 18] for k in range(380)])[..., None].astype("float32")
    history, future = windows[:, :12], windows[:, 12:]
    model = Forecaster(6, GRUCell(16), strategy)
    model.compile(keras.optimizers.Adam(0.02), "mse")
    train = slice(0, 300)
    inputs = [history[train], future[train]] if strategy == "recursive" else history[train]
    model.fit(inputs, future[train], epochs=20, batch_size=32, verbose=0)
    error = np.abs(model.predict(history[300:], verbose=0) - future[300:]).mean()
    persistence = np.abs(history[300:, -1:] - future[300:]).mean()
    assert error < 0.1 < 0.5 < persistence


def test_it_is_taught_and_then_judged_on_its_own_forecasts():
    model = new_model("recursive", dropout=0.1)
    model.compile("adam", "mse")
    history, future = example()
    record = model.fit([history, future], future, validation_data=(history, future), verbose=0).history
    free = np.square(model.predict(history, verbose=0) - future).mean()
    np.testing.assert_allclose(record["val_loss"][-1], free, rtol=1e-4)


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: Forecaster(0, GRUCell(3)), "horizon is 0; expected a positive integer"),
        (lambda: Forecaster(2, GRUCell(3), features=0), "features is 0"),
        (lambda: Forecaster(2, GRUCell(3), "iterated"), "strategy is 'iterated'; expected 'direct' or"),
        (lambda: Forecaster(2, []), "cells is empty"),
        (
            lambda: Forecaster(2, GRUCell(3))(np.zeros((4, 6), "float32")),
            r"expected \(batch, timesteps, feat",
        ),
        (
            lambda: Forecaster(2, GRUCell(3), "recursive")(np.zeros((4, 6, 2), "float32")),
            "the history has 2 features and 1 are forecast",
        ),
        (lambda: new_model("direct")(list(example())), "a direct model reads no future"),
        (
            lambda: new_model("recursive")([example()[0], example()[1][:, :2]]),
            r"the future has shape \(4, 2, 1\); expected \(batch, horizon, features\) with 3 steps and 1",
        ),
        (
            lambda: new_model("recursive")([example()[0], np.repeat(example()[1], 2, axis=-1)]),
            r"the future has shape \(4, 3, 2\)",
        ),
    ],
)
def test_wrong_arguments_are_named(use, message):
    with pytest.raises(ValueError, match=message):
        use()
