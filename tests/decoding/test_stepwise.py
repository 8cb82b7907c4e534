"""Greedy search and sampling on languages whose probabilities can be written down."""

import keras
import numpy as np
import pytest
from scipy import stats
from toy_languages import Chain, Prefixes

from coursepkg.decoding import Temperature, TopK, TopP, greedy_search, sample

END = 1


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("end", [None, END])
def test_greedy_search_is_the_loop_one_would_write(seed, end):
    language = Prefixes(4, seed)
    found = greedy_search(language, language.initial_state(3), np.array([0, 2, 3]), 6, end)
    for row, start in enumerate([0, 2, 3]):
        ids = []
        while len(ids) < 6 and not (ids and ids[-1] == end):
            ids.append(int(np.argmax(language.logits([start, *ids]))))
        assert found.lengths[row] == len(ids)
        assert found.ids[row].tolist() == [*ids, *[0] * (found.ids.shape[1] - len(ids))]
        np.testing.assert_allclose(found.log_probabilities[row], language.log_probability(start, ids))


def test_of_equals_the_lowest_id_is_written():
    found = greedy_search(Chain(np.zeros((3, 3))), None, np.array([1, 2]), 2)
    assert found.ids.tolist() == [[0, 0], [0, 0]]


def cycle(order):
    """Logits of a chain that almost surely goes from each id to the next of `order`."""
    logits = np.zeros((len(order), len(order)))
    for before, after in zip(order, [*order[1:], order[0]], strict=True):
        logits[before, after] = 50.0
    return logits


def test_after_its_end_a_row_is_padding_that_costs_nothing_and_the_search_stops_with_the_last():
    chain = Chain(cycle([4, 3, 2, END, 0]))
    found = greedy_search(chain, None, np.array([4, 2]), 100, end=END)
    assert found.ids.tolist() == [[3, 2, END], [END, 0, 0]]
    assert found.lengths.tolist() == [3, 1]
    np.testing.assert_allclose(found.log_probabilities, 0.0, atol=1e-12)
    assert chain.calls == 3


def test_without_an_end_symbol_nothing_ends():
    found = greedy_search(Chain(cycle([2, END, 0])), None, 2, 5)
    assert found.ids.tolist() == [[END, 0, 2, END, 0]]
    assert found.lengths.tolist() == [5]


def test_sampling_stops_with_the_last_row():
    chain = Chain(np.log(np.full((3, 3), 1 / 3)))
    found = sample(chain, None, np.full(50, 2), 1000, end=END, seed=0)
    assert chain.calls == found.lengths.max() == found.ids.shape[1] < 1000
    for ids, length in zip(found.ids, found.lengths, strict=True):
        assert END not in ids[: length - 1]
        assert ids[length - 1] == END
        assert not ids[length:].any()
    np.testing.assert_allclose(found.log_probabilities, -found.lengths * np.log(3))


SAMPLERS = {
    "model": (Temperature(1.0), lambda p: p),
    "cold": (Temperature(0.5), lambda p: p**2 / (p**2).sum(axis=-1, keepdims=True)),
    "hot": (Temperature(3.0), lambda p: p ** (1 / 3) / (p ** (1 / 3)).sum(axis=-1, keepdims=True)),
    "top k": (TopK(2), lambda p: np.stack([cut(row, sorted(row)[-2]) for row in p])),
    "top p": (TopP(0.75), lambda p: np.stack([cut(row, nucleus_threshold(row, 0.75)) for row in p])),
}


def cut(row, threshold):
    kept = np.where(row >= threshold, row, 0.0)
    return kept / kept.sum()


def nucleus_threshold(row, p):
    return max(threshold for threshold in row if row[row >= threshold].sum() >= p)


@pytest.mark.parametrize(("sampler", "distribution"), SAMPLERS.values(), ids=SAMPLERS)
def test_draws_follow_the_distribution(sampler, distribution):
    """Two steps of a chain, 20,000 rows: counts of all pairs against their probabilities, by chi-square."""
    logits = np.random.default_rng(3).normal(size=(4, 4))
    steps = distribution(softmax(logits))  # (4, 4), from each id to each id
    expected = (steps[2][:, None] * steps).reshape(-1)  # of pairs after a start of 2
    rows = 20_000
    found = sample(Chain(logits), None, np.full(rows, 2), 2, sampler=sampler, seed=7)
    counts = np.bincount(found.ids[:, 0] * 4 + found.ids[:, 1], minlength=16)
    assert not counts[expected == 0].any()
    possible = expected > 0
    assert stats.chisquare(counts[possible], rows * expected[possible]).pvalue > 1e-3
    # The log probabilities are those of the model, whatever was drawn from.
    model = np.log(softmax(logits))
    by_hand = model[2, found.ids[:, 0]] + model[found.ids[:, 0], found.ids[:, 1]]
    np.testing.assert_allclose(found.log_probabilities, by_hand)


def test_the_chi_square_notices_a_wrong_temperature():
    logits = np.random.default_rng(3).normal(size=(4, 4))
    found = sample(Chain(logits), None, np.full(20_000, 2), 1, sampler=Temperature(1.1), seed=7)
    counts = np.bincount(found.ids[:, 0], minlength=4)
    assert stats.chisquare(counts, 20_000 * softmax(logits)[2]).pvalue < 1e-3


def test_rows_are_independent_of_the_batch_and_of_each_other():
    language = Prefixes(5, seed=2)
    start = np.array([3, 3, 3, 1])
    together = sample(language, language.initial_state(4), start, 8, end=4, seed=11)
    fewer = sample(language, language.initial_state(2), start[:2], 8, end=4, seed=11)
    for row in range(2):
        length = together.lengths[row]
        assert fewer.lengths[row] == length
        assert fewer.ids[row, :length].tolist() == together.ids[row, :length].tolist()
    again = sample(language, language.initial_state(4), start, 8, end=4, seed=11)
    np.testing.assert_array_equal(again.ids, together.ids)
    rows = sample(Chain(np.zeros((9, 9))), None, np.zeros(2, int), 4000, seed=0).ids
    assert stats.chi2_contingency(np.histogram2d(rows[0], rows[1], bins=9)[0]).pvalue > 1e-3
    unseeded = [sample(Chain(np.zeros((9, 9))), None, 0, 50).ids for _ in range(2)]
    assert (unseeded[0] != unseeded[1]).any()


def test_a_cold_sampler_is_greedy():
    language = Prefixes(5, seed=4)
    drawn = sample(language, language.initial_state(3), 2, 6, end=1, sampler=Temperature(1e-4), seed=0)
    greedy = greedy_search(language, language.initial_state(3), 2, 6, end=1)
    np.testing.assert_array_equal(drawn.ids, greedy.ids)
    np.testing.assert_allclose(drawn.log_probabilities, greedy.log_probabilities)


def test_a_symbol_of_probability_zero_is_never_drawn():
    logits = np.log(
        [[0.5, 0.0, 0.5, 0.0]] * 4, where=[[True, False, True, False]] * 4, out=np.full((4, 4), -np.inf)
    )
    assert set(np.unique(sample(Chain(logits), None, np.zeros(500, int), 20, seed=0).ids)) == {0, 2}


def test_any_state_and_any_tensor_will_do():
    def next_step(ids, state):
        steps = keras.ops.add(state["steps"], 1.0)
        return keras.ops.one_hot(ids + 1, 9) * steps[:, None], {"steps": steps, "none": state["none"]}

    state = {"steps": keras.ops.zeros((2,)), "none": None}
    found = greedy_search(next_step, state, np.array([0, 3]), 4)
    assert found.ids.tolist() == [[1, 2, 3, 4], [4, 5, 6, 7]]


def test_one_start_serves_all_rows_of_the_state():
    found = greedy_search(lambda ids, state: (np.eye(4)[ids], state), {"a": np.zeros((3, 2))}, 1, 2)
    assert found.ids.tolist() == [[1, 1]] * 3
    assert greedy_search(lambda ids, state: (np.eye(4)[ids], state), None, 1, 2).ids.shape == (1, 2)


def chain(ids, state):
    return np.zeros((len(ids), 3)), state


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_steps": 0}, "max_steps is 0; expected a positive integer"),
        ({"max_steps": 2.5}, "max_steps is 2.5"),
        ({"max_steps": 3.0}, "max_steps is 3.0"),
        ({"max_steps": None}, "max_steps is None; expected a positive integer"),
        ({"end": "."}, "end is '.'; expected the id of a symbol"),
        ({"end": -1}, "end is -1; expected the id of a symbol"),
        ({"end": 3}, "end is 3; the model has ids from 0 to 2"),
        ({"start": 1.5}, "start is .*1.5.*; expected one id"),
        ({"start": -2}, "start is .*-2.*; expected one id"),
        ({"start": np.zeros((2, 2), int)}, "expected one id, or int ids of shape"),
        ({"start": np.array([1, 2, 0])}, "expected the batch of 3 everywhere"),
        (
            {"state": [np.zeros((2, 1)), np.zeros((3, 1))], "start": np.array([0, 1])},
            "expected the batch of 2",
        ),
        (
            {"next_step": lambda ids, state: (np.zeros((2, 1, 3)), state)},
            r"shape \(2, 1, 3\); expected \(2, voc",
        ),
        (
            {"next_step": lambda ids, state: (np.zeros((1, 3)), state)},
            r"shape \(1, 3\); expected \(2, vocabulary",
        ),
        (
            {"state": [keras.ops.zeros((2, 1)), np.zeros((3, 1))], "start": 1},
            "expected the batch of 1 everywhere",
        ),
        ({"next_step": lambda ids, state: (np.full((2, 3), np.nan), state)}, "logits with NaN"),
        ({"next_step": lambda ids, state: (np.full((2, 3), -np.inf), state)}, "nothing possible"),
    ],
)
@pytest.mark.parametrize("decode", [greedy_search, sample])
def test_wrong_arguments_are_named(decode, arguments, message):
    right = {"next_step": chain, "state": np.zeros((2, 1)), "start": np.array([0, 1]), "max_steps": 2}
    with pytest.raises(ValueError, match=message):
        decode(**{**right, **arguments})


def test_a_sampler_of_the_wrong_shape_is_named():
    with pytest.raises(ValueError, match=r"the sampler returned shape \(3,\) for logits of shape \(2, 3\)"):
        sample(chain, None, np.array([0, 1]), 2, sampler=lambda logits: np.ones(3) / 3)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        (
            [[0.2, 0.3, 0.5], [0.0, 0.0, 0.0]],
            r"\[0. 0. 0.\] for row 1, with the sum 0; expected prob",
        ),
        ([[0.2, 0.3, 0.5], [2.0, 1.0, 0.5]], "for row 1, with the sum 3.5"),
        ([[1.5, -0.5, 0.0], [0.2, 0.3, 0.5]], "for row 0"),
        ([[np.nan, 0.5, 0.5], [0.2, 0.3, 0.5]], "for row 0, with the sum nan"),
    ],
)
def test_a_sampler_that_returns_no_probabilities_is_named(probabilities, message):
    with pytest.raises(ValueError, match=message):
        sample(chain, None, np.array([0, 1]), 2, sampler=lambda logits: np.array(probabilities))


def test_a_sampler_in_half_precision_is_good_enough():
    def in_half(logits):
        return Temperature(1.0)(logits).astype("float16")

    assert sample(chain, None, np.array([0, 1]), 20, sampler=in_half, seed=0).ids.shape == (2, 20)
