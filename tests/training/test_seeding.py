"""Seeds: the same number gives the same run."""

import random

import keras
import numpy as np
import pytest

from coursepkg.training import set_seed


def draws(seed):
    set_seed(seed)
    weights = keras.layers.Dense(3)
    weights.build((None, 4))
    dropped = keras.layers.Dropout(0.5)(np.ones((1, 64), "float32"), training=True)
    return random.random(), np.random.rand(), *weights.get_weights(), keras.ops.convert_to_numpy(dropped)


def test_same_seed_same_draws():
    for first, second in zip(draws(3), draws(3), strict=True):
        np.testing.assert_array_equal(first, second)


def test_other_seed_other_draws():
    first, second = draws(3), draws(4)
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert not np.array_equal(first[2], second[2])
    assert not np.array_equal(first[-1], second[-1])


def test_numpy_integer_is_a_seed():
    np.testing.assert_array_equal(draws(np.int64(3))[2], draws(3)[2])


def test_same_seed_same_training():
    inputs = np.linspace(-1, 1, 60, dtype="float32").reshape(20, 3)

    def train():
        set_seed(11)
        model = keras.Sequential(
            [keras.layers.Dense(8, "tanh"), keras.layers.Dropout(0.3), keras.layers.Dense(1)]
        )
        model.compile("adam", "mse")
        return model.fit(inputs, inputs.sum(axis=1), batch_size=7, epochs=3, verbose=0).history["loss"]

    np.testing.assert_allclose(train(), train(), rtol=1e-6)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seed_out_of_range(seed):
    with pytest.raises(ValueError, match=f"between 0 and.*{seed}"):
        set_seed(seed)


@pytest.mark.parametrize("seed", [None, 1.5, "7"])
def test_seed_of_wrong_type(seed):
    with pytest.raises(TypeError, match="must be an integer"):
        set_seed(seed)
