"""Gradients through the backend switch, against calculus done by hand."""

import keras
import numpy as np
import pytest
from keras import ops

from coursepkg.training import value_and_gradients


@pytest.mark.parametrize("compiled", [False, True])
def test_gradient_of_a_product(compiled):
    # f(a, b; s) = s * sum(a^2 b): df/da = 2 s a b, df/db = s a^2
    differentiate = value_and_gradients(
        lambda arrays, scale: scale * ops.sum(arrays[0] ** 2 * arrays[1]), compiled
    )
    first, second = np.array([1.0, -2.0, 3.0], "float32"), np.array([0.5, 4.0, -1.0], "float32")
    for scale in (1.0, 3.0):
        value, (by_first, by_second) = differentiate([first, second], ops.convert_to_tensor(scale))
        assert float(value) == pytest.approx(scale * np.sum(first**2 * second))
        np.testing.assert_allclose(by_first, 2 * scale * first * second, rtol=1e-6)
        np.testing.assert_allclose(by_second, scale * first**2, rtol=1e-6)


def test_an_array_without_influence_has_gradient_zero():
    _, gradients = value_and_gradients(lambda arrays: ops.sum(arrays[0]))([np.ones(2), np.ones((2, 3))])
    np.testing.assert_array_equal(gradients[0], np.ones(2))
    np.testing.assert_array_equal(gradients[1], np.zeros((2, 3)))


def test_gradient_of_a_look_up_fills_the_whole_table():
    table = np.arange(8, dtype="float32").reshape(4, 2)
    ids = np.array([1, 1, 3])
    _, (gradient,) = value_and_gradients(lambda arrays: ops.sum(ops.take(arrays[0], ids, axis=0)))([table])
    np.testing.assert_array_equal(gradient, [[0, 0], [2, 2], [0, 0], [1, 1]])


def test_other_backends_are_named(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    with pytest.raises(NotImplementedError, match="not on 'numpy'"):
        value_and_gradients(ops.sum)
