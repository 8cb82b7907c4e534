"""Learning curves: lists of histories to arrays."""

import keras
import numpy as np
import pytest

from coursepkg.training import learning_curve


def test_seeds_become_rows_and_short_runs_end_in_nan():
    runs = [
        {"loss": [3.0, 2.0, 1.0], "val_loss": [4.0, 3.0, 2.0]},
        {"loss": [5.0, 4.0], "val_loss": [6.0, 5.0]},
    ]
    curve = learning_curve(runs)
    np.testing.assert_array_equal(curve.epochs, [1, 2, 3])
    np.testing.assert_array_equal(curve.training, [[3, 2, 1], [5, 4, np.nan]])
    np.testing.assert_array_equal(curve.validation, [[4, 3, 2], [6, 5, np.nan]])


def test_one_history_of_fit():
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=2, validation_split=0.5, verbose=0)
    for name in ("loss", "mae"):
        curve = learning_curve(history, name)
        np.testing.assert_array_equal(curve.training, [history.history[name]])
        np.testing.assert_array_equal(curve.validation, [history.history[f"val_{name}"]])


def test_without_validation():
    assert learning_curve([{"loss": [1.0]}]).validation is None


def test_unknown_measure_lists_what_there_is():
    with pytest.raises(KeyError, match="'accuracy'; it has: loss, val_loss"):
        learning_curve([{"loss": [1.0], "val_loss": [1.0]}], "accuracy")


def test_no_runs():
    with pytest.raises(ValueError, match="at least one history"):
        learning_curve([])
