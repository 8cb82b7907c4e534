"""Samplers against their definitions: sets found by trying all, probabilities written out."""

import itertools

import numpy as np
import pytest

from coursepkg.decoding import Temperature, TopK, TopP

VOCABULARY = 6


def example(rows=40, seed=0):
    return 2.0 * np.random.default_rng(seed).normal(size=(rows, VOCABULARY))


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_temperature_divides_the_logits(temperature):
    np.testing.assert_allclose(Temperature(temperature)(example()), softmax(example() / temperature))


def test_a_low_temperature_is_greedy_and_a_high_one_even():
    assert (Temperature(1e-3)(example()).argmax(axis=-1) == example().argmax(axis=-1)).all()
    np.testing.assert_allclose(Temperature(1e-3)(example()).max(axis=-1), 1.0)
    np.testing.assert_allclose(Temperature(1e6)(example()), 1 / VOCABULARY, atol=1e-5)


@pytest.mark.parametrize("k", range(1, VOCABULARY + 2))
@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_top_k_keeps_the_k_largest_in_their_proportion(k, temperature):
    probabilities = softmax(example() / temperature)
    for row, found in zip(probabilities, TopK(k, temperature)(example()), strict=True):
        largest = sorted(range(VOCABULARY), key=lambda number: -row[number])[:k]
        expected = np.zeros(VOCABULARY)
        expected[largest] = row[largest] / row[largest].sum()
        np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize("p", [0.05, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_top_p_keeps_the_smallest_set_that_reaches_p(p, temperature):
    """The set is looked for among all subsets; of the smallest, the one with most mass."""
    subsets = [
        list(subset)
        for size in range(1, VOCABULARY + 1)
        for subset in itertools.combinations(range(VOCABULARY), size)
    ]
    sizes = set()
    for row, found in zip(softmax(example() / temperature), TopP(p, temperature)(example()), strict=True):
        reaching = [subset for subset in subsets if row[subset].sum() >= p]
        best = min(reaching, key=lambda subset: (len(subset), -row[subset].sum()))
        expected = np.zeros(VOCABULARY)
        expected[best] = row[best] / row[best].sum()
        np.testing.assert_allclose(found, expected)
        sizes.add(len(best))
    assert len(sizes) > 1 or p == 0.05


def test_top_p_of_one_and_top_k_of_all_change_nothing():
    logits = np.concatenate([example(), example(seed=1) * 20], axis=0)  # the tail vanishes beside 1
    np.testing.assert_array_equal(TopP(1.0, 0.7)(logits) > 0, Temperature(0.7)(logits) > 0)
    np.testing.assert_allclose(TopP(1.0, 0.7)(logits), Temperature(0.7)(logits))
    np.testing.assert_allclose(TopK(VOCABULARY, 0.7)(logits), Temperature(0.7)(logits))


def test_the_symbol_that_reaches_p_is_kept_and_one_always_is():
    logits = np.log([[0.5, 0.3, 0.2]])
    np.testing.assert_allclose(TopP(0.4)(logits), [[1.0, 0.0, 0.0]])
    np.testing.assert_allclose(TopP(0.6)(logits), [[0.625, 0.375, 0.0]])
    np.testing.assert_allclose(TopP(1e-9)(logits), [[1.0, 0.0, 0.0]])


def test_of_equals_the_lower_id_is_kept():
    even = np.zeros((2, 5))
    np.testing.assert_allclose(TopK(2)(even), [[0.5, 0.5, 0, 0, 0]] * 2)
    np.testing.assert_allclose(TopP(0.5)(even), [[1 / 3, 1 / 3, 1 / 3, 0, 0]] * 2)


@pytest.mark.parametrize("sampler", [Temperature(0.1), TopK(3, 0.1), TopP(0.9, 0.1)])
def test_large_and_impossible_logits_stay_probabilities(sampler):
    found = sampler(np.array([[5000.0, 4999.9, -5000.0, -np.inf], [-np.inf, 0.0, -np.inf, -np.inf]]))
    np.testing.assert_allclose(found.sum(axis=-1), 1.0)
    assert (found[:, 3] == 0).all()
    assert found[1, 1] == 1


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Temperature(0), "temperature is 0; expected a positive number"),
        (lambda: Temperature(float("inf")), "temperature is inf"),
        (lambda: Temperature(float("nan")), "temperature is nan"),
        (lambda: TopK(0), "k is 0; expected a positive integer"),
        (lambda: TopK(1.5), "k is 1.5"),
        (lambda: TopK(None), "k is None"),
        (lambda: TopP("0.9"), "p is '0.9'"),
        (lambda: TopP(float("nan")), "p is nan"),
        (lambda: Temperature("warm"), "temperature is 'warm'; expected a positive number"),
        (lambda: TopK(2, temperature=-1), "temperature is -1"),
        (lambda: TopP(0.0), "p is 0.0; expected a share above 0 and at most 1"),
        (lambda: TopP(1.1), "p is 1.1"),
    ],
)
def test_wrong_arguments_are_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    ("probabilities", "p", "kept"),
    [
        ([0.7, 0.2, 0.1], 0.9, 2),  # in floating point 0.7 + 0.2 is less than 0.9
        ([0.1] * 10, 0.8, 8),
        ([0.5, 0.25, 0.25], 0.5, 1),
        ([0.5, 0.25, 0.25], 0.75, 2),
        ([0.6, 0.4 - 1e-13, 1e-13], 1.0, 3),  # all of it is all of it
    ],
)
def test_top_p_stops_where_the_sum_reaches_p_exactly(probabilities, p, kept):
    found = TopP(p)(np.log([probabilities]))[0]
    assert (found > 0).sum() == kept
    np.testing.assert_allclose(found[:kept], np.array(probabilities[:kept]) / sum(probabilities[:kept]))
