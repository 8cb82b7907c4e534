"""Clipping by global norm, against NumPy and against what a Keras optimizer does."""

import keras
import numpy as np
import pytest

from coursepkg.training import clip_by_global_norm, global_norm


def gradients_of(seed, scale=1.0):
    generator = np.random.default_rng(seed)
    return [scale * generator.normal(size=shape).astype("float32") for shape in [(3, 4), (4,), (2, 2, 2)]]


@pytest.mark.parametrize("seed", range(3))
def test_global_norm_is_that_of_the_gradients_laid_end_to_end(seed):
    gradients = gradients_of(seed)
    expected = np.linalg.norm(np.concatenate([gradient.ravel() for gradient in gradients]))
    assert float(global_norm(gradients)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
def test_clipping_keeps_the_direction_and_limits_the_length(scale):
    gradients = gradients_of(0, scale)
    clipped, norm = clip_by_global_norm(gradients, 2.0)
    expected = np.linalg.norm(np.concatenate([gradient.ravel() for gradient in gradients]))
    assert float(norm) == pytest.approx(expected, rel=1e-6)
    assert float(global_norm(clipped)) == pytest.approx(min(expected, 2.0), rel=1e-6)
    for before, after in zip(gradients, clipped, strict=True):
        np.testing.assert_allclose(after, before * min(1.0, 2.0 / expected), rtol=1e-5)


def test_zero_gradients_stay_zero():
    clipped, norm = clip_by_global_norm([np.zeros((2, 2), "float32"), np.zeros(3, "float32")], 1.0)
    assert float(norm) == 0
    assert all(np.array_equal(gradient, np.zeros_like(gradient)) for gradient in clipped)


@pytest.mark.parametrize("scale", [0.01, 10.0])
def test_agrees_with_the_optimizer(scale):
    # With plain gradient descent and learning rate 1 the update is the clipped gradient itself.
    gradients = gradients_of(1, scale)
    variables = [keras.Variable(np.zeros_like(gradient)) for gradient in gradients]
    optimizer = keras.optimizers.SGD(learning_rate=1.0, global_clipnorm=0.7)
    optimizer.apply([keras.ops.convert_to_tensor(gradient) for gradient in gradients], variables)
    clipped, _ = clip_by_global_norm(gradients, 0.7)
    for variable, gradient in zip(variables, clipped, strict=True):
        np.testing.assert_allclose(-keras.ops.convert_to_numpy(variable), gradient, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("max_norm", [0, -1.0, float("nan")])
def test_max_norm_must_be_positive(max_norm):
    with pytest.raises(ValueError, match="must be positive"):
        clip_by_global_norm(gradients_of(0), max_norm)


def test_no_gradients():
    with pytest.raises(ValueError, match="at least one gradient"):
        global_norm([])
