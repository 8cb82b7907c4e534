"""Markov chains against eigenvectors, closed forms and a chi-square test."""

import numpy as np
import pytest
from scipy import stats

from coursepkg.data.markov import MarkovChain

WEATHER = [[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]]


@pytest.mark.parametrize(("leave", "enter"), [(0.1, 0.4), (0.5, 0.5), (1.0, 1.0), (1.0, 0.2)])
def test_stationary_distribution_of_two_states(leave, enter):
    chain = MarkovChain([[1 - leave, leave], [enter, 1 - enter]])
    expected = np.array([enter, leave]) / (leave + enter)
    np.testing.assert_allclose(chain.stationary_distribution(), expected, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_stationary_distribution_is_the_left_eigenvector(seed):
    transitions = np.random.default_rng(seed).dirichlet(np.ones(6), size=6)
    values, vectors = np.linalg.eig(transitions.T)
    vector = np.real(vectors[:, np.argmin(np.abs(values - 1))])
    result = MarkovChain(transitions).stationary_distribution()
    np.testing.assert_allclose(result, vector / vector.sum(), atol=1e-10)
    np.testing.assert_allclose(result @ transitions, result, atol=1e-12)


def test_states_that_are_left_for_good_have_no_share():
    chain = MarkovChain([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.0, 0.5, 0.5]])
    np.testing.assert_allclose(chain.stationary_distribution(), [0, 0.5, 0.5], atol=1e-12)


def test_two_islands_have_no_single_distribution():
    with pytest.raises(ValueError, match="more than one stationary distribution"):
        MarkovChain(np.eye(2)).stationary_distribution()


def test_entropy_rate_closed_forms():
    assert MarkovChain(np.full((5, 5), 0.2)).entropy_rate() == pytest.approx(np.log(5))
    assert MarkovChain(np.roll(np.eye(4), 1, axis=1)).entropy_rate() == pytest.approx(0)
    p = 0.3  # stays or leaves alike in both states: the entropy of one coin
    expected = -p * np.log(p) - (1 - p) * np.log(1 - p)
    assert MarkovChain([[1 - p, p], [p, 1 - p]]).entropy_rate() == pytest.approx(expected)


def test_samples_follow_the_transitions():
    states = MarkovChain(WEATHER).sample(20_000, seed=4)
    for state in range(3):
        followers = np.bincount(states[1:][states[:-1] == state], minlength=3)
        _, p_value = stats.chisquare(followers, followers.sum() * np.array(WEATHER[state]))
        assert p_value > 0.001


def test_first_states_follow_the_stationary_distribution():
    chain = MarkovChain(WEATHER)
    first = np.bincount([chain.sample(1, seed)[0] for seed in range(2000)], minlength=3)
    _, p_value = stats.chisquare(first, 2000 * chain.stationary_distribution())
    assert p_value > 0.001


def test_a_sample_keeps_to_what_is_possible():
    cycle = MarkovChain(np.roll(np.eye(4), 1, axis=1))
    np.testing.assert_array_equal(cycle.sample(6, seed=0, initial=2), [2, 3, 0, 1, 2, 3])
    np.testing.assert_array_equal(
        MarkovChain(WEATHER).sample(50, seed=1), MarkovChain(WEATHER).sample(50, seed=1)
    )


def test_fit_counts_pairs():
    chain = MarkovChain.fit([0, 1, 0, 2, 0, 1], states=4)
    expected = [[0, 2 / 3, 1 / 3, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0.25] * 4]
    np.testing.assert_allclose(chain.transitions, expected)
    smoothed = MarkovChain.fit([0, 1, 0, 2, 0, 1], states=4, k=1)
    np.testing.assert_allclose(smoothed.transitions[0], np.array([1, 3, 2, 1]) / 7)


def test_fit_recovers_the_chain_it_was_drawn_from():
    fitted = MarkovChain.fit(MarkovChain(WEATHER).sample(50_000, seed=0), states=3)
    np.testing.assert_allclose(fitted.transitions, WEATHER, atol=0.02)


@pytest.mark.parametrize(
    ("transitions", "message"),
    [
        ([[0.5, 0.5]], r"shape \(1, 2\)"),
        ([[0.5, 0.5], [0.5, 0.6]], "row 1 of the transitions adds up to 1.1"),
        ([[1.5, -0.5], [0.5, 0.5]], "non-negative"),
        ([[0.9, 0.2], [0.1, 0.8]], "is the matrix transposed"),
        ([[np.nan, 0.2], [0.1, 0.9]], "adds up to"),
    ],
)
def test_wrong_transitions_are_named(transitions, message):
    with pytest.raises(ValueError, match=message):
        MarkovChain(transitions)


def test_wrong_sequences_and_states_are_named():
    with pytest.raises(ValueError, match="at least two steps"):
        MarkovChain.fit([0], states=2)
    with pytest.raises(ValueError, match="expected 0 to 1"):
        MarkovChain.fit([0, 2], states=2)
    with pytest.raises(ValueError, match="k is -1"):
        MarkovChain.fit([0, 1], states=2, k=-1)
    with pytest.raises(ValueError, match="initial is 3"):
        MarkovChain(WEATHER).sample(5, seed=0, initial=3)
