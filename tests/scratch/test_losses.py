"""Softmax and cross-entropy against closed forms and numerical gradients."""

import math

import numpy as np
import pytest

from coursepkg.scratch import numerical_gradient, softmax, softmax_cross_entropy


def test_softmax_closed_forms():
    np.testing.assert_allclose(softmax(np.array([0.0, math.log(3.0)])), [0.25, 0.75], rtol=1e-15)
    np.testing.assert_allclose(softmax(np.zeros((2, 5))), 0.2)
    logits = np.random.default_rng(0).normal(size=(3, 4))
    np.testing.assert_allclose(softmax(logits + 100), softmax(logits), rtol=1e-12)


def test_huge_logits_stay_finite():
    logits = np.array([[1000.0, 0.0, -1000.0]])
    np.testing.assert_array_equal(softmax(logits), [[1.0, 0.0, 0.0]])
    loss, gradient = softmax_cross_entropy(logits, np.array([1]))
    assert loss == 1000.0
    np.testing.assert_array_equal(gradient, [[1.0, -1.0, 0.0]])


def test_knowing_nothing_costs_the_logarithm_of_the_number_of_classes():
    loss, gradient = softmax_cross_entropy(np.zeros((2, 3, 7)), np.zeros((2, 3), int))
    assert loss == pytest.approx(math.log(7), rel=1e-15)
    np.testing.assert_allclose(gradient[0, 0], np.array([1 / 7 - 1] + [1 / 7] * 6) / 6, rtol=1e-14)


@pytest.mark.parametrize("masked", [False, True])
def test_gradient_agrees_with_central_differences(masked):
    generator = np.random.default_rng(1)
    logits, ids = generator.normal(size=(2, 3, 4)), generator.integers(0, 4, (2, 3))
    mask = np.array([[True, True, False], [True, False, False]]) if masked else None
    numerical = numerical_gradient(lambda moved: softmax_cross_entropy(moved, ids, mask)[0], logits)
    _, gradient = softmax_cross_entropy(logits, ids, mask)
    assert np.linalg.norm(gradient - numerical) / np.linalg.norm(numerical) < 1e-7


def test_masked_predictions_do_not_count():
    generator = np.random.default_rng(2)
    logits, ids = generator.normal(size=(2, 3, 4)), generator.integers(0, 4, (2, 3))
    mask = np.array([[True, True, False], [True, False, False]])
    loss, gradient = softmax_cross_entropy(logits, ids, mask)
    assert loss == pytest.approx(softmax_cross_entropy(logits[mask], ids[mask])[0], rel=1e-14)
    assert not gradient[~mask].any()


def test_wrong_arguments_are_named():
    logits = np.zeros((2, 3, 4))
    with pytest.raises(ValueError, match=r"ids has shape \(2,\)"):
        softmax_cross_entropy(logits, np.zeros(2, int))
    with pytest.raises(ValueError, match=r"ids run from 0 to 4; with 4 classes, 0 to 3"):
        softmax_cross_entropy(logits, np.array([[0, 1, 2], [3, 4, 0]]))
    with pytest.raises(ValueError, match=r"mask has shape \(3,\)"):
        softmax_cross_entropy(logits, np.zeros((2, 3), int), np.ones(3, bool))
    with pytest.raises(ValueError, match="hides every prediction"):
        softmax_cross_entropy(logits, np.zeros((2, 3), int), np.zeros((2, 3), bool))
