"""N-gram models against counting by hand, brute force, and the laws of probability."""

import itertools
from collections import Counter

import numpy as np
import pytest

from coursepkg.data.markov import MarkovChain
from coursepkg.data.ngrams import SMOOTHINGS, NGramModel

ABACAB = np.array([0, 1, 0, 2, 0, 1])  # "abacab"


def random_text(length, vocabulary_size, seed):
    """A text with structure: symbols from a random Markov chain of order 1."""
    transitions = np.random.default_rng(seed).dirichlet(np.full(vocabulary_size, 0.3), size=vocabulary_size)
    return MarkovChain(transitions).sample(length, seed)


def brute_force(ids, order, size, context, smoothing, weights=None, discounts=None):
    """Distribution after a context, from dictionaries and the recursion as it is printed."""
    grams = [Counter(tuple(ids[i : i + n]) for i in range(len(ids) - n + 1)) for n in range(order + 2)]
    result = [1 / size] * size
    for n in range(1, order + 1):
        if len(context) < n - 1:
            break
        past = tuple(context[len(context) - n + 1 :])
        if smoothing == "kneser-ney" and n < order:
            counts = [
                len([left for left in range(size) if grams[n + 1][(left, *past, symbol)]])
                for symbol in range(size)
            ]
        else:
            counts = [grams[n][(*past, symbol)] for symbol in range(size)]
        total, types = sum(counts), sum(count > 0 for count in counts)
        if not total:
            continue
        if smoothing == "kneser-ney":
            d = discounts[n - 1]
            result = [
                max(count - d, 0) / total + d * types / total * p
                for count, p in zip(counts, result, strict=True)
            ]
        else:
            a = weights[n - 1]
            result = [a * count / total + (1 - a) * p for count, p in zip(counts, result, strict=True)]
    return result


def test_kneser_ney_by_hand():
    # Bigrams of "abacab": ab 2, ba 1, ac 1, ca 1. Different left neighbours: a 2 (b, c), b 1 (a), c 1 (a).
    # Order 1 with d = 1/2: p(a) = 1.5/4 + (0.5 * 3/4) / 3 = 1/2, p(b) = p(c) = 0.5/4 + 1/8 = 1/4.
    # After a (3 bigrams of 2 types): p(b) = 1.5/3 + (0.5 * 2/3) / 4 = 7/12, p(c) = 0.5/3 + 1/12, p(a) = 1/6.
    model = NGramModel(2, 3, smoothing="kneser-ney", discount=0.5).fit(ABACAB)
    np.testing.assert_allclose(model.probabilities([0]), [1 / 6, 7 / 12, 1 / 4])
    np.testing.assert_allclose(model.probabilities([1]), [3 / 4, 1 / 8, 1 / 8])
    np.testing.assert_allclose(model.probabilities(), [1 / 2, 1 / 4, 1 / 4])


def test_kneser_ney_counts_neighbours_not_occurrences():
    # "francisco" (2) is frequent but only ever follows "san" (1): as a first guess it must be less likely
    # than "glasses" (3), which is rarer and follows many words (the example of Chen and Goodman).
    text = np.array([1, 2] * 20 + [4, 3, 5, 3, 6, 3])
    counted = NGramModel(2, 7, smoothing="kneser-ney", discount=0.5).fit(text).probabilities([0])
    assert counted[3] > counted[2]
    frequency = NGramModel(1, 7, smoothing="add-k", k=1).fit(text).probabilities()
    assert frequency[2] > frequency[3]


def test_discount_is_estimated_from_counts_of_one_and_two():
    # The bigrams of "abacab": three occur once, one twice: 3 / (3 + 2 * 1). Left neighbours: two 1s, one 2.
    model = NGramModel(2, 3, smoothing="kneser-ney").fit(ABACAB)
    np.testing.assert_allclose(model.discounts, [2 / (2 + 2 * 1), 3 / (3 + 2 * 1)])


def test_add_k_by_hand():
    model = NGramModel(2, 4, smoothing="add-k", k=0.5).fit(ABACAB)
    np.testing.assert_allclose(model.probabilities([0]), np.array([0.5, 2.5, 1.5, 0.5]) / 5)
    np.testing.assert_allclose(model.probabilities([3]), np.full(4, 1 / 4))  # never occurred: uniform


def test_without_smoothing_the_unseen_is_impossible():
    model = NGramModel(2, 3, smoothing="add-k", k=0).fit(ABACAB)
    np.testing.assert_allclose(model.probabilities([0]), [0, 2 / 3, 1 / 3])
    np.testing.assert_allclose(model.probabilities([0, 1, 2])[:1], [1.0])  # only the last symbol counts
    assert model.perplexity([0, 0]) == np.inf
    unseen = NGramModel(2, 4, smoothing="add-k", k=0).fit(ABACAB).probabilities([3])
    np.testing.assert_allclose(unseen, np.full(4, 1 / 4))


@pytest.mark.parametrize("smoothing", ["interpolated", "kneser-ney"])
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_agrees_with_brute_force(smoothing, order):
    size = 5
    ids = random_text(300, size, seed=order)
    model = NGramModel(order, size, smoothing=smoothing).fit(ids)
    generator = np.random.default_rng(0)
    for length in range(order + 2):
        for context in generator.integers(size, size=(10, length)):
            expected = brute_force(ids, order, size, context, smoothing, model.weights, model.discounts)
            np.testing.assert_allclose(model.probabilities(context), expected, atol=1e-12)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("length", [10, 400])
def test_every_context_has_probabilities_that_add_up_to_one(smoothing, order, length):
    size = 7  # the last symbol never occurs
    model = NGramModel(order, size, smoothing=smoothing).fit(random_text(length, size - 1, seed=order))
    for context in np.random.default_rng(1).integers(size, size=(60, order + 1)):
        probabilities = model.probabilities(context)
        assert probabilities.min() > 0
        assert probabilities.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("order", [1, 2, 4])
def test_log_probabilities_are_those_of_the_single_steps(smoothing, order):
    size = 6
    model = NGramModel(order, size, smoothing=smoothing).fit(random_text(500, size - 1, seed=3))
    ids = np.random.default_rng(2).integers(size, size=80)
    expected = [np.log(model.probabilities(ids[:step])[symbol]) for step, symbol in enumerate(ids)]
    np.testing.assert_allclose(model.log_probabilities(ids), expected)
    assert model.perplexity(ids) == pytest.approx(np.exp(-np.mean(expected)))


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_a_text_shorter_than_the_order_is_still_a_model(smoothing):
    held_out = [0, 1] if smoothing == "interpolated" else None
    model = NGramModel(5, 3, smoothing=smoothing).fit([0, 1], held_out=held_out)
    for context in ([], [0], [1, 1, 1, 1], [2, 0, 1, 0]):
        assert model.probabilities(context).sum() == pytest.approx(1)


def test_weights_are_those_that_a_search_finds():
    size = 4
    ids, held_out = random_text(200, size, seed=5), random_text(150, size, seed=5)[60:]
    model = NGramModel(2, size, smoothing="interpolated").fit(ids, held_out=held_out, iterations=500)
    best = -model.log_probabilities(held_out).mean()
    for first in np.linspace(0.01, 0.99, 25):
        for second in np.linspace(0.01, 0.99, 25):
            model.weights = np.array([first, second])
            assert best <= -model.log_probabilities(held_out).mean() + 1e-6


def test_each_step_of_the_weight_search_helps():
    ids, held_out = random_text(400, 6, seed=1), random_text(300, 6, seed=2)
    losses = [
        -NGramModel(3, 6, "interpolated").fit(ids, held_out, iterations=n).log_probabilities(held_out).mean()
        for n in (1, 2, 4, 8, 16, 32)
    ]
    assert all(later <= earlier + 1e-9 for earlier, later in itertools.pairwise(losses))


def test_weights_are_fitted_on_text_that_was_not_counted():
    # Random symbols: nothing to learn from the context, which only held-out text can reveal.
    ids = np.random.default_rng(0).integers(20, size=2000)
    weights = NGramModel(3, 20, "interpolated").fit(ids).weights
    assert weights[1] < 0.2
    assert weights[2] < 0.2


def test_perplexity_of_a_known_chain_is_its_entropy():
    chain = MarkovChain([[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.0, 0.6, 0.4]])
    model = NGramModel(2, 3, smoothing="add-k", k=1).fit(chain.sample(100_000, seed=0))
    assert model.perplexity(chain.sample(50_000, seed=1)) == pytest.approx(
        np.exp(chain.entropy_rate()), rel=0.01
    )


def test_uniform_symbols_have_perplexity_of_the_vocabulary():
    ids = np.random.default_rng(0).integers(8, size=50_000)
    for smoothing in SMOOTHINGS:
        assert NGramModel(2, 8, smoothing).fit(ids).perplexity(ids) == pytest.approx(8, rel=0.01)


def test_samples_follow_the_model():
    model = NGramModel(2, 3, smoothing="add-k", k=0).fit(ABACAB)
    ids = model.sample(3000, seed=0)
    assert ids.shape == (3000,)
    assert ids.dtype == np.int32
    after_a = np.bincount(ids[1:][ids[:-1] == 0], minlength=3) / np.sum(ids[:-1] == 0)
    np.testing.assert_allclose(after_a, [0, 2 / 3, 1 / 3], atol=0.05)
    np.testing.assert_array_equal(ids, model.sample(3000, seed=0))
    assert np.any(ids != model.sample(3000, seed=1))


def test_a_sample_continues_its_prompt():
    model = NGramModel(3, 3, smoothing="add-k", k=0).fit(np.tile([0, 1, 2], 50))
    np.testing.assert_array_equal(model.sample(4, seed=0, prompt=[1, 2]), [0, 1, 2, 0])
    np.testing.assert_array_equal(model.sample(0, seed=0), [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"order": 0}, "order is 0; expected at least 1"),
        ({"vocabulary_size": 0}, "vocabulary_size is 0"),
        ({"smoothing": "laplace"}, "'laplace'; expected one of add-k, interpolated, kneser-ney"),
        ({"k": -1}, "k is -1"),
        ({"discount": 1.5}, "discount is 1.5"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        NGramModel(**{"order": 2, "vocabulary_size": 3, **arguments})


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([], "ids are empty"),
        ([[0, 1]], r"shape \(1, 2\)"),
        ([0.0, 1.0], "encode the text with a Vocabulary"),
        ([0, 3], "ids run from 0 to 3; with vocabulary_size=3"),
        ([-1, 2], "ids run from -1 to 2"),
    ],
)
def test_wrong_ids_are_named(ids, message):
    with pytest.raises(ValueError, match=message):
        NGramModel(2, 3).fit(ids)


def test_too_little_text_to_hold_some_out():
    with pytest.raises(ValueError, match="pass `held_out`"):
        NGramModel(2, 3, smoothing="interpolated").fit([0, 1, 2])


def test_asking_before_fitting():
    with pytest.raises(RuntimeError, match="call fit"):
        NGramModel(2, 3).probabilities([0])
