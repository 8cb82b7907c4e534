"""Learning-rate schedules against their formula, and Keras's early stopping as the course uses it."""

import keras
import numpy as np
import pytest

from coursepkg.training import warmup_cosine


@pytest.mark.parametrize("warmup_steps", [0, 1, 10])
def test_the_rate_rises_in_a_line_and_falls_along_a_cosine(warmup_steps):
    peak, total, final = 3e-3, 100, 1e-4
    schedule = warmup_cosine(peak, total, warmup_steps, final)
    for step in range(130):
        if step < warmup_steps:
            expected = peak * (step + 1) / (warmup_steps + 1)
        else:
            along = min(1.0, (step - warmup_steps) / (total - warmup_steps))
            expected = final + (peak - final) * (1 + np.cos(np.pi * along)) / 2
        assert float(schedule(step)) == pytest.approx(expected, rel=1e-5)
    rates = [float(schedule(step)) for step in range(130)]
    assert np.argmax(rates) == warmup_steps and max(rates) == pytest.approx(peak)


def test_it_is_saved_with_the_optimizer_and_moves_weights_by_its_rates(tmp_path):
    """One weight whose gradient is always 1: after n plain updates it has moved by the sum of n rates."""
    schedule = warmup_cosine(0.5, 8, 3)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.zeros((1, 1))])
    model.compile(keras.optimizers.SGD(schedule), loss=lambda _, predictions: predictions)
    ones = np.ones((1, 1), "float32")
    for _ in range(5):
        model.train_on_batch(ones, ones)
    moved = -sum(float(schedule(step)) for step in range(5))
    assert model.get_weights()[0][0, 0] == pytest.approx(moved, rel=1e-5)
    config = keras.optimizers.serialize(model.optimizer)
    loaded = keras.optimizers.deserialize(config)._learning_rate
    assert [float(loaded(step)) for step in range(10)] == [float(schedule(step)) for step in range(10)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"peak": 0, "total_steps": 5}, "peak is 0; expected a positive learning rate"),
        ({"peak": 0.1, "total_steps": 5, "final": 0.2}, "final is 0.2; expected a learning rate from 0"),
        (
            {"peak": 0.1, "total_steps": 5, "warmup_steps": 5},
            "warmup_steps is 5; expected from 0 to less than",
        ),
        ({"peak": 0.1, "total_steps": 5, "warmup_steps": -1}, "warmup_steps is -1"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        warmup_cosine(**arguments)


class Rails(keras.callbacks.Callback):
    """Sets the only weight at the end of each epoch, so that the validation loss is known beforehand."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def on_train_batch_end(self, batch, logs=None):
        self.model.set_weights([np.full((1, 1), self.values.pop(0), "float32")])


def test_early_stopping_of_keras_brings_the_best_weights_back():
    """Targets are zero, so the validation loss is the weight squared: 9, 4, 1, 16, 25, and then it stops."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    ones, zeros = np.ones((1, 1), "float32"), np.zeros((1, 1), "float32")
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True)
    history = model.fit(
        ones,
        zeros,
        epochs=9,
        validation_data=(ones, zeros),
        callbacks=[Rails([3.0, 2.0, 1.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]), stop],
        verbose=0,
    )
    assert history.history["val_loss"] == [9.0, 4.0, 1.0, 16.0, 25.0]
    assert stop.best_epoch == 2
    assert model.get_weights()[0][0, 0] == 1.0


def test_early_stopping_restores_every_weight_of_a_recurrent_model():
    """Overfitting on noise: the weights that come back give the lowest validation loss that was seen."""
    keras.utils.set_random_seed(0)
    generator = np.random.default_rng(0)
    inputs, targets = generator.normal(size=(2, 32, 5, 2)), generator.normal(size=(2, 32, 1))
    model = keras.Sequential([keras.Input((5, 2)), keras.layers.GRU(16), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    history = model.fit(
        inputs[0], targets[0], epochs=50, validation_data=(inputs[1], targets[1]), callbacks=[stop], verbose=0
    ).history["val_loss"]
    assert len(history) < 50 and history[-1] > min(history)
    assert model.evaluate(inputs[1], targets[1], verbose=0) == pytest.approx(min(history), rel=1e-5)
