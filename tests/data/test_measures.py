"""Measures against closed forms and scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from coursepkg.data.markov import MarkovChain
from coursepkg.data.measures import (
    bits_per_character,
    cross_entropy,
    mean_absolute_error,
    mean_absolute_scaled_error,
    perplexity,
    root_mean_squared_error,
)


@pytest.mark.parametrize("size", [1, 2, 27, 1000])
def test_uniform_probabilities_have_the_perplexity_of_their_number(size):
    ids = np.arange(size)
    nats = cross_entropy(np.full((size, size), 1 / size), ids)
    assert nats == pytest.approx(np.log(size))
    assert perplexity(nats) == pytest.approx(size)
    assert bits_per_character(nats) == pytest.approx(np.log2(size))


def test_the_right_probabilities_reach_the_entropy_of_the_source():
    chain = MarkovChain([[0.9, 0.1], [0.4, 0.6]])
    ids = chain.sample(200_000, seed=0)
    assert cross_entropy(chain.transitions[ids[:-1]], ids[1:]) == pytest.approx(
        chain.entropy_rate(), rel=0.01
    )


def test_cross_entropy_by_hand_and_against_scikit_learn():
    probabilities = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])
    assert cross_entropy(probabilities, [0, 1]) == pytest.approx((np.log(2) + np.log(8)) / 2)
    drawn = np.random.default_rng(0).dirichlet(np.ones(4), size=50)
    ids = np.random.default_rng(1).integers(4, size=50)
    expected = metrics.log_loss(ids, drawn, labels=range(4))
    assert cross_entropy(drawn, ids) == pytest.approx(expected)


def test_what_was_impossible_costs_everything():
    assert cross_entropy([[1.0, 0.0]], [1]) == np.inf
    assert perplexity(np.inf) == np.inf


def test_arrays_are_converted_element_by_element():
    np.testing.assert_allclose(perplexity([0.0, np.log(3)]), [1, 3])
    np.testing.assert_allclose(bits_per_character(np.array([0.0, np.log(8)])), [0, 3])


@pytest.mark.parametrize(
    ("probabilities", "ids", "message"),
    [
        ([[0.5, 0.5]], [0, 1], "expected .timesteps, vocabulary_size."),
        (np.zeros((0, 3)), [], "ids are empty"),
        ([[0.5, 0.5], [2.0, -1.0]], [0, 1], "did you pass logits"),
        ([[0.5, 0.6]], [0], "row 0 of the probabilities adds up to 1.1"),
    ],
)
def test_wrong_probabilities_are_named(probabilities, ids, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy(probabilities, np.array(ids, dtype=int))


@pytest.mark.parametrize("convert", [perplexity, bits_per_character])
def test_a_forgotten_minus_sign_is_named(convert):
    with pytest.raises(ValueError, match="check the sign"):
        convert(-2.3)


def test_errors_against_scikit_learn():
    targets, predictions = np.random.default_rng(0).normal(size=(2, 30, 4))
    assert mean_absolute_error(targets, predictions) == pytest.approx(
        metrics.mean_absolute_error(targets, predictions)
    )
    assert root_mean_squared_error(targets, predictions) == pytest.approx(
        np.sqrt(metrics.mean_squared_error(targets, predictions))
    )


def test_one_large_error_or_many_small_ones():
    flat, spike = np.ones(100), np.eye(100)[0] * 100  # the same mean absolute error
    zeros = np.zeros(100)
    assert mean_absolute_error(zeros, flat) == mean_absolute_error(zeros, spike) == 1
    assert root_mean_squared_error(zeros, flat) == 1
    assert root_mean_squared_error(zeros, spike) == 10


@pytest.mark.parametrize("season", [1, 4])
def test_the_naive_forecast_of_the_training_series_has_scaled_error_one(season):
    series = np.random.default_rng(season).normal(size=60).cumsum()
    assert mean_absolute_scaled_error(series[season:], series[:-season], series, season) == pytest.approx(1)


def test_scaled_error_by_hand_and_without_units():
    training, targets, predictions = np.array([1.0, 3, 2, 6]), np.array([5.0, 7]), np.array([6.0, 4])
    value = mean_absolute_scaled_error(targets, predictions, training)  # steps 2, 1, 4; errors 1, 3
    assert value == pytest.approx(2 / (7 / 3))
    assert mean_absolute_scaled_error(9 * targets, 9 * predictions, 9 * training) == pytest.approx(value)


@pytest.mark.parametrize(
    ("training", "season", "message"),
    [
        (np.full(10, 3.0), 1, "is the series constant"),
        (np.tile([1.0, 2.0], 5), 2, "makes no error"),
        ([1.0, np.nan, 2.0], 1, "NaN"),
        ([1.0, 2.0], 2, "longer than one season"),
        ([1.0, 2.0], 0, "season is 0"),
        ([[1.0], [2.0]], 1, r"expected \(timesteps,\)"),
    ],
)
def test_a_scale_that_does_not_exist_is_named(training, season, message):
    with pytest.raises(ValueError, match=message):
        mean_absolute_scaled_error([1.0], [2.0], training, season)


@pytest.mark.parametrize("measure", [mean_absolute_error, root_mean_squared_error])
def test_shapes_must_agree_rather_than_broadcast(measure):
    with pytest.raises(ValueError, match=r"targets have shape \(3,\) and predictions \(3, 1\)"):
        measure(np.zeros(3), np.zeros((3, 1)))
    with pytest.raises(ValueError, match="targets are empty"):
        measure([], [])
