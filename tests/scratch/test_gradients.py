"""Numerical gradients and clipping against closed forms."""

import numpy as np
import pytest

from coursepkg.scratch import clip_by_global_norm, global_norm, numerical_gradient


def test_numerical_gradient_of_known_functions():
    array = np.random.default_rng(0).normal(size=(2, 3))
    np.testing.assert_allclose(numerical_gradient(lambda a: np.sum(a**2), array), 2 * array, rtol=1e-9)
    np.testing.assert_allclose(
        numerical_gradient(lambda a: np.sum(np.sin(a)), array), np.cos(array), rtol=1e-9
    )
    np.testing.assert_allclose(numerical_gradient(lambda a: a**3, np.array(2.0)), 12.0, rtol=1e-9)


def test_numerical_gradient_leaves_its_argument_and_computes_in_float64():
    array = np.ones(3, np.float32)
    gradient = numerical_gradient(lambda a: np.sum(a**2), array)
    np.testing.assert_array_equal(array, np.ones(3))
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, 2.0, rtol=1e-9)


def test_numerical_gradient_wants_a_number():
    with pytest.raises(ValueError, match=r"array of shape \(3,\); a gradient needs a single number"):
        numerical_gradient(lambda a: a, np.ones(3))


def test_global_norm_is_that_of_one_long_vector():
    gradients = {"a": np.array([[3.0, 0.0]]), "b": np.array([4.0])}
    assert global_norm(gradients) == 5.0
    assert global_norm(list(gradients.values())) == 5.0


@pytest.mark.parametrize("kind", [dict, list])
def test_clipping_shortens_and_keeps_the_direction(kind):
    generator = np.random.default_rng(1)
    arrays = {"a": generator.normal(size=(3, 4)), "b": generator.normal(size=5)}
    gradients = arrays if kind is dict else list(arrays.values())
    norm_before = global_norm(gradients)
    clipped, norm = clip_by_global_norm(gradients, 0.5)
    assert isinstance(clipped, kind)
    assert norm == pytest.approx(norm_before)
    assert global_norm(clipped) == pytest.approx(0.5)
    first = clipped["a"] if kind is dict else clipped[0]
    np.testing.assert_allclose(first * norm_before / 0.5, arrays["a"], rtol=1e-12)
    assert global_norm(gradients) == norm_before


def test_short_gradients_stay_as_they_are():
    gradients = {"a": np.array([0.3, 0.4]), "b": np.zeros(2)}
    clipped, norm = clip_by_global_norm(gradients, 1.0)
    assert norm == pytest.approx(0.5)
    np.testing.assert_array_equal(clipped["a"], gradients["a"])
    clipped, norm = clip_by_global_norm({"a": np.zeros(3)}, 1.0)
    assert norm == 0.0
    np.testing.assert_array_equal(clipped["a"], np.zeros(3))


@pytest.mark.parametrize("max_norm", [0, -1.0, float("nan")])
def test_a_length_is_positive(max_norm):
    with pytest.raises(ValueError, match="max_norm is"):
        clip_by_global_norm([np.ones(2)], max_norm)
