"""Beam search against all texts there are, and against a second one written with lists."""

import math

import keras
import numpy as np
import pytest
from toy_languages import Chain, Prefixes, padded

from coursepkg.decoding import beam_search, greedy_search, length_normalisation

END = 2
STARTS = (0, 1, 2)


def score(log_probability, length, length_penalty):
    return log_probability / ((5 + length) / 6) ** length_penalty


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("end", [None, END])
@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 1.0, 3.0])
def test_with_enough_beams_it_ranks_all_texts_there_are(seed, end, length_penalty):
    language, steps = Prefixes(3, seed), 4
    texts = language.all_texts(steps, end)
    assert len(texts) == (3**steps if end is None else sum(2**n for n in range(steps)) + 2**steps)
    found = beam_search(
        language, language.initial_state(3), np.array(STARTS), steps, end, len(texts) + 3, length_penalty
    )
    assert found.ids.shape == (3, len(texts) + 3, steps)
    for row, start in enumerate(STARTS):
        scored = [(language.log_probability(start, ids), ids) for ids in texts]
        scored.sort(key=lambda pair: -score(pair[0], len(pair[1]), length_penalty))
        assert [beam.tolist() for beam in found.ids[row, :-3]] == [padded(ids, steps) for _, ids in scored]
        assert found.lengths[row, :-3].tolist() == [len(ids) for _, ids in scored]
        np.testing.assert_allclose(found.log_probabilities[row, :-3], [total for total, _ in scored])
    # All probability is there, once.
    np.testing.assert_allclose(np.exp(found.log_probabilities).sum(axis=1), 1.0)
    # There is no further text, so the last three beams are empty.
    assert (found.log_probabilities[:, -3:] == -np.inf).all()
    assert not found.ids[:, -3:].any()
    assert not found.lengths[:, -3:].any()


def beams_with_lists(language, start, max_steps, end, beams, length_penalty):
    """The same search for one row, with Python's lists and the definition of every probability."""
    kept = [()]
    for _ in range(max_steps):
        candidates = []
        for ids in kept:
            if ids and ids[-1] == end:
                candidates.append(ids)
            else:
                candidates += [(*ids, number) for number in range(language.vocabulary)]
        candidates.sort(
            key=lambda ids: -score(language.log_probability(start, ids), len(ids), length_penalty)
        )
        kept = candidates[:beams]
    return kept


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("beams", [1, 2, 3, 5])
@pytest.mark.parametrize("length_penalty", [0.0, 1.0])
def test_few_beams_prune_as_lists_do(seed, beams, length_penalty):
    language, steps = Prefixes(4, seed), 5
    found = beam_search(
        language, language.initial_state(3), np.array(STARTS), steps, END, beams, length_penalty
    )
    for row, start in enumerate(STARTS):
        expected = beams_with_lists(language, start, steps, END, beams, length_penalty)
        width = found.ids.shape[2]
        assert [beam.tolist() for beam in found.ids[row]] == [padded(ids, width) for ids in expected]
        by_hand = [language.log_probability(start, ids) for ids in expected]
        np.testing.assert_allclose(found.log_probabilities[row], by_hand)
        assert found.lengths[row].tolist() == [len(ids) for ids in expected]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("end", [None, END])
@pytest.mark.parametrize("length_penalty", [0.0, 2.0])
def test_one_beam_is_greedy_search(seed, end, length_penalty):
    language = Prefixes(5, seed)
    start = np.array([0, 1, 3, 4])
    greedy = greedy_search(language, language.initial_state(4), start, 7, end)
    found = beam_search(language, language.initial_state(4), start, 7, end, 1, length_penalty)
    np.testing.assert_array_equal(found.ids[:, 0], greedy.ids)
    np.testing.assert_array_equal(found.lengths[:, 0], greedy.lengths)
    np.testing.assert_allclose(found.log_probabilities[:, 0], greedy.log_probabilities)


def test_it_finds_what_greedy_search_misses():
    """The likelier first symbol (0.6) leads to an even choice of three (0.2 each), the other (0.4) to one."""
    table = {3: [0.6, 0.4, 0, 0], 0: [1 / 3, 1 / 3, 1 / 3, 0], 1: [0, 0, 1, 0], 2: [0.25] * 4}
    with np.errstate(divide="ignore"):
        chain = Chain(np.log([table[number] for number in range(4)]))
    assert greedy_search(chain, None, 3, 2).ids[0].tolist() == [0, 0]
    found = beam_search(chain, None, 3, 2, beams=2)
    assert found.ids[0].tolist() == [[1, 2], [0, 0]]
    np.testing.assert_allclose(found.log_probabilities[0], np.log([0.4, 0.2]))


def test_the_length_penalty_lets_a_longer_text_win():
    """Ending at once has probability 0.5; the text of three symbols 0.4. ln 0.5 = -0.69, ln 0.4 = -0.92.

    Divided by 1 and 8/6: -0.69 and -0.69. A penalty just below and just above the break-even decides.
    """
    table = [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0.4, 0.5, 0.1]]  # 3 -> end, or 1 -> 0 -> end
    with np.errstate(divide="ignore"):
        chain = Chain(np.log(table))
    break_even = math.log(math.log(0.4) / math.log(0.5)) / math.log(8 / 6)
    assert 0.9 < break_even < 1.0
    for length_penalty, best in ((0.0, [2, 0, 0]), (0.9, [2, 0, 0]), (1.0, [1, 0, 2]), (2.0, [1, 0, 2])):
        found = beam_search(chain, None, 3, 3, END, 3, length_penalty)
        assert found.ids[0, 0].tolist() == best
    np.testing.assert_allclose(found.log_probabilities[0, :2], np.log([0.4, 0.5]))  # never divided


def test_length_normalisation_is_the_formula_of_wu_and_others():
    lengths = np.array([1, 2, 7, 13])
    np.testing.assert_allclose(length_normalisation(lengths, 0.0), 1.0)
    np.testing.assert_allclose(length_normalisation(lengths, 1.0), [1, 7 / 6, 2, 3])
    np.testing.assert_allclose(length_normalisation(lengths, 0.5), np.sqrt([1, 7 / 6, 2, 3]))


def test_of_equals_the_better_beginning_and_the_lower_id_come_first():
    found = beam_search(Chain(np.zeros((3, 3))), None, 1, 2, beams=9)
    assert found.ids[0].tolist() == [[first, second] for first in range(3) for second in range(3)]
    few = beam_search(Chain(np.zeros((3, 3))), None, 1, 3, beams=2)
    assert few.ids[0].tolist() == [[0, 0, 0], [0, 0, 1]]


def test_rows_do_not_depend_on_each_other():
    language = Prefixes(6, seed=9)
    start = np.array([5, 0, 3, 1])
    together = beam_search(language, language.initial_state(4), start, 6, END, 4, 0.8)
    for row in range(4):
        alone = beam_search(language, language.initial_state(1), start[row : row + 1], 6, END, 4, 0.8)
        steps = alone.ids.shape[2]
        np.testing.assert_array_equal(alone.ids[0], together.ids[row, :, :steps])
        assert not together.ids[row, :, steps:].any()
        np.testing.assert_allclose(alone.log_probabilities[0], together.log_probabilities[row])


def test_it_stops_when_every_beam_has_ended():
    logits = np.full((4, 4), -40.0)
    logits[:, END] = 0.0  # from anywhere to the end
    chain = Chain(logits)
    found = beam_search(chain, None, np.array([0, 3]), 1000, END, beams=3)
    assert chain.calls == 2  # the end at once; the other two beams one symbol later
    assert found.ids[0].tolist() == [[END, 0], [0, END], [1, END]]
    assert found.lengths.tolist() == [[1, 2, 2]] * 2


def test_every_array_of_a_nested_state_follows_its_beam():
    """The state holds the prefix in three places and two kinds of arrays; all must tell the same."""
    language = Prefixes(4, seed=1)

    def next_step(ids, state):
        prefix, copies = state
        kept, ones = copies["tensor"]
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(kept), prefix.sum(axis=1))
        assert copies["nothing"] is None
        logits, prefix = language(ids, prefix)
        kept = keras.ops.add(kept, keras.ops.cast(ids, "float32"))
        return logits, (prefix, {"tensor": [kept, ones], "nothing": None})

    state = (np.zeros((2, 0), int), {"tensor": [keras.ops.zeros((2,)), np.ones((2, 1))], "nothing": None})
    found = beam_search(next_step, state, np.array([1, 3]), 6, END, 3)
    expected = beam_search(language, language.initial_state(2), np.array([1, 3]), 6, END, 3)
    np.testing.assert_array_equal(found.ids, expected.ids)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"beams": 0}, "beams is 0; expected a positive integer"),
        ({"beams": 1.5}, "beams is 1.5"),
        ({"length_penalty": -1.0}, "length_penalty is -1.0; expected a number from 0 to 100"),
        ({"length_penalty": 1e4}, "length_penalty is 10000.0; expected a number from 0 to 100"),
        ({"length_penalty": None}, "length_penalty is None"),
        ({"beams": 2.0}, "beams is 2.0"),
        ({"beams": "4"}, "beams is '4'"),
        ({"beams": None}, "beams is None"),
        ({"length_penalty": float("nan")}, "length_penalty is nan"),
        ({"max_steps": 0}, "max_steps is 0"),
        ({"end": 3}, "end is 3; the model has ids from 0 to 2"),
        ({"start": 0.5}, "start is .*0.5.*; expected one id"),
        ({"state": np.zeros((3, 1))}, "expected the batch of 2 everywhere"),
        (
            {"next_step": lambda ids, state: (np.zeros((2, 3)), state)},
            r"\(2, 3\); expected \(8, vocabulary\)",
        ),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    right = {
        "next_step": lambda ids, state: (np.zeros((len(ids), 3)), state),
        "state": np.zeros((2, 1)),
        "start": np.array([0, 1]),
        "max_steps": 2,
        "end": END,
    }
    with pytest.raises(ValueError, match=message):
        beam_search(**{**right, **arguments})
