"""Generated data sets against their definitions, computed another way."""

import itertools
import re

import numpy as np
import pytest

from coursepkg.data import grammars, list_datasets, load

GENERATED = [item.name for item in list_datasets() if item.kind == "generated"]


def parts(record):
    return (record.train_inputs, record.train_labels), (record.test_inputs, record.test_labels)


def content(record):
    if hasattr(record, "text"):
        return [np.array(list(record.text))]
    if hasattr(record, "values"):
        return [record.values]
    return [np.asarray(array) for part in parts(record) for item in part for array in item]


@pytest.mark.parametrize("name", GENERATED)
def test_the_seed_decides_everything(name):
    first, again, other = (content(load(name, seed=seed)) for seed in (3, 3, 4))
    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    assert len(first) != len(other) or not all(
        np.array_equal(one, two) for one, two in zip(first, other, strict=True)
    )


@pytest.mark.parametrize("name", ["adding", "copy-memory", "moving-digits", "brackets"])
def test_the_training_part_does_not_depend_on_the_size_of_the_test_part(name):
    small, large = (load(name, count=20, test_count=size) for size in (5, 9))
    np.testing.assert_array_equal(small.train_inputs, large.train_inputs)
    assert not np.array_equal(small.train_inputs[:5], small.test_inputs)


def test_adding_is_the_sum_of_the_two_marked_values():
    record = load("adding", timesteps=30)
    for inputs, targets in parts(record):
        for sequence, target in zip(inputs, targets, strict=True):
            marked = [value for value, mark in sequence.tolist() if mark == 1]
            assert len(marked) == 2
            assert sum(marked) == pytest.approx(target[0])
        assert set(np.unique(inputs[:, :, 1])) == {0.0, 1.0}
        assert inputs[:, :, 0].min() >= 0 and inputs[:, :, 0].max() <= 1


def test_adding_marks_every_pair_of_positions_and_predicting_one_costs_a_sixth():
    record = load("adding", count=20_000, timesteps=6)
    marked = [tuple(np.flatnonzero(sequence[:, 1])) for sequence in record.train_inputs]
    counts = [marked.count(pair) for pair in itertools.combinations(range(6), 2)]
    # 15 pairs; five standard deviations of a binomial count.
    expected = 20_000 / 15
    assert np.abs(np.array(counts) - expected).max() < 5 * np.sqrt(expected * (1 - 1 / 15))
    assert np.mean((record.train_labels - 1) ** 2) == pytest.approx(1 / 6, rel=0.05)


def test_adding_as_hochreiter_and_schmidhuber_define_it():
    record = load("adding", variant="hochreiter", count=400, timesteps=40)
    lengths = {len(sequence) for sequence in record.train_inputs}
    assert lengths == set(range(40, 45))
    first_marked = 0
    for sequence, target in zip(record.train_inputs, record.train_labels, strict=True):
        marks = sequence[:, 1]
        positions = np.flatnonzero(marks == 1)
        assert len(positions) == 2
        assert positions.min() < 10 and positions.max() < 19  # the first ten; the first T/2 - 1
        assert marks[-1] == -1
        if marks[0] == 1:
            first_marked += 1
            assert sequence[0, 0] == 0
        else:
            assert marks[0] == -1
        others = np.delete(marks, [0, len(marks) - 1, *positions])
        assert not others.any()
        assert target[0] == pytest.approx(0.5 + sequence[positions, 0].sum() / 4)
        assert np.abs(sequence[:, 0]).max() <= 1
    assert first_marked > 0


def test_adding_rejects_what_it_cannot_mark():
    with pytest.raises(ValueError, match=r"timesteps must be at least 2 .*is 1"):
        load("adding", timesteps=1)
    with pytest.raises(ValueError, match=r"timesteps must be at least 24 .*is 10"):
        load("adding", timesteps=10, variant="hochreiter")
    with pytest.raises(ValueError, match="variant must be one of 'bai', 'hochreiter', and is 'lstm'"):
        load("adding", variant="lstm")


@pytest.mark.parametrize(("silence", "digits"), [(100, 10), (1, 1), (5, 3)])
def test_copy_memory_is_laid_out_as_bai_et_al_define_it(silence, digits):
    record = load("copy-memory", count=50, test_count=10, silence=silence, digits=digits)
    for inputs, targets in parts(record):
        for given, wanted in zip(inputs.tolist(), targets.tolist(), strict=True):
            memory = given[:digits]
            assert all(1 <= digit <= 8 for digit in memory)
            assert given == memory + [0] * (silence - 1) + [9] * (digits + 1)
            assert wanted == [0] * (silence + digits) + memory
            assert len(given) == silence + 2 * digits


def test_copy_memory_uses_all_eight_digits():
    assert set(np.unique(load("copy-memory").train_inputs)) == set(range(10))
    with pytest.raises(ValueError, match="must be at least 1, and are 0 and 10"):
        load("copy-memory", silence=0)


def test_moving_digits_move_in_straight_lines_and_bounce():
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    images = (images / 16).astype(np.float32).reshape(-1, 8, 8)
    record = load("moving-digits", count=6, test_count=3, timesteps=40, size=14)
    for (videos, shown), candidates in zip(parts(record), (range(898), range(898, 1797)), strict=True):
        for video, label in zip(videos, shown[:, 0], strict=True):
            places = [_find(frame, images, labels, label, candidates) for frame in video]
            common = set.intersection(*({image for image, _ in place} for place in places))
            assert common, "one image is in all frames"
            path = [{corner for image, corner in place if image in common} for place in places]
            assert any(_is_bouncing(rows, columns, wall=6) for rows, columns in _straight_paths(path))


def _find(frame, images, labels, label, candidates):
    """All (image, corner) that make exactly this frame, by trying every corner."""
    found = set()
    for row, column in np.ndindex(7, 7):
        rest = frame.copy()
        window = rest[row : row + 8, column : column + 8].copy()
        rest[row : row + 8, column : column + 8] = 0
        if rest.any():
            continue
        for image in candidates:
            if labels[image] == label and np.array_equal(images[image], window):
                found.add((image, (row, column)))
    return found


def _straight_paths(path):
    for corners in itertools.product(*path):
        yield tuple(zip(*corners, strict=True))


def _is_bouncing(*axes, wall):
    """Steps a ball one frame at a time, turning it round when it has passed a wall."""

    def simulate(start, velocity, frames):
        position, seen = start, []
        for _ in range(frames):
            seen.append(position)
            position += velocity
            if position < 0:
                position, velocity = -position, -velocity
            elif position > wall:
                position, velocity = 2 * wall - position, -velocity
        return seen

    return all(
        any(simulate(axis[0], velocity, len(axis)) == list(axis) for velocity in range(-2, 3))
        for axis in axes
    )


def test_two_digits_share_a_video_by_the_darker_ink():
    record = load("moving-digits", count=3, test_count=1, digits=2, timesteps=4)
    assert record.train_labels.shape == (3, 2)
    assert record.train_inputs.max() <= 1
    with pytest.raises(ValueError, match=r"size must be at least 9.* and is 8"):
        load("moving-digits", size=8)


def test_reber_strings_follow_the_grammar_written_as_a_pattern():
    # Reber's automaton as a regular expression, worked out by hand: state 2 loops on S, state 3 on T,
    # and states 3, 5 and 4 form a cycle V P X.
    from_three = r"T*(?:VPXT*)*V(?:V|PS)"
    inner = rf"B(?:TS*X(?:S|X{from_three})|P{from_three})E"
    pattern = re.compile(rf"B(?:T{inner}T|P{inner}P)E")
    record = load("reber-grammar")
    symbols = "".join(record.label_names)
    allowed = {}
    strings = []
    for inputs, labels in parts(record):
        for ids, following in zip(inputs, labels, strict=True):
            string = "".join(symbols[number] for number in ids) + "E"
            assert pattern.fullmatch(string), string
            strings.append(string)
            for step in range(len(ids)):
                options = {symbols[number] for number in np.flatnonzero(following[step])}
                assert string[step + 1] in options
                allowed.setdefault(string[: step + 1], options)
                assert allowed[string[: step + 1]] == options
    # What may follow a prefix is what some string of the grammar continues it with.
    for prefix, options in allowed.items():
        seen = {string[len(prefix)] for string in strings if string.startswith(prefix) and string != prefix}
        assert seen <= options
    assert allowed["B"] == {"T", "P"} and allowed["BT"] == {"B"} and allowed["BTBTS"] == {"S", "X"}


def test_reber_test_strings_are_new_and_the_second_symbol_returns():
    record = load("reber-grammar", count=50, test_count=50)
    train = {tuple(ids) for ids in record.train_inputs}
    assert not any(tuple(ids) in train for ids in record.test_inputs)
    for ids, following in zip(record.train_inputs, record.train_labels, strict=True):
        assert ids[1] == ids[-1]
        assert following[-2].sum() == 1 and following[-2][ids[1]] == 1


def cancel(word):
    """Decides balance by deleting adjacent pairs until nothing changes: no stack."""
    while True:
        shorter = re.sub(r"\(\)|\[\]|\{\}|<>", "", word)
        if shorter == word:
            return not word
        word = shorter


@pytest.mark.parametrize("kinds", [1, 2, 4])
def test_brackets_are_labelled_as_cancelling_says(kinds):
    record = load("brackets", kinds=kinds, count=300, timesteps=12)
    for inputs, labels in parts(record):
        words = ["".join(grammars.BRACKETS[number] for number in ids) for ids in inputs]
        assert [cancel(word) for word in words] == [bool(label) for label in labels]
        assert labels.mean() == 0.5
        opens = sum(word.count(symbol) for word in words for symbol in "([{<")
        assert opens == 6 * len(words), "a swap leaves the counts"
        for word in words:
            for kind in range(4):
                assert word.count(grammars.BRACKETS[2 * kind]) == word.count(grammars.BRACKETS[2 * kind + 1])


def test_is_balanced_agrees_with_cancelling_on_every_short_string():
    for length in range(7):
        for ids in itertools.product(range(4), repeat=length):
            assert grammars.is_balanced(ids) == cancel("".join(grammars.BRACKETS[number] for number in ids))


def test_nestings_are_drawn_uniformly():
    record = load("brackets", count=10_000, test_count=2, timesteps=6, kinds=1)
    balanced = record.train_inputs[record.train_labels == 1]
    words, counts = np.unique(balanced, axis=0, return_counts=True)
    assert len(words) == 5  # Catalan number of 3
    assert np.abs(counts - 1000).max() < 5 * np.sqrt(1000)


def test_brackets_reject_impossible_sizes():
    with pytest.raises(ValueError, match="timesteps must be even and at least 4, and is 7"):
        load("brackets", timesteps=7)
    with pytest.raises(ValueError, match="kinds must be from 1 to 4, and is 5"):
        load("brackets", kinds=5)


def test_sine_mixture_has_its_periods_and_its_variance():
    record = load("sine-mixture", timesteps=2000, periods=(20.0, 50.0), amplitudes=(1.0, 0.5), noise=0.1)
    spectrum = np.abs(np.fft.rfft(record.values[:, 0])) * 2 / 2000
    strongest = np.argsort(spectrum)[-2:][::-1]
    np.testing.assert_array_equal(2000 / strongest, [20, 50])
    np.testing.assert_allclose(spectrum[strongest], [1, 0.5], atol=0.02)
    assert record.values.var() == pytest.approx(1 / 2 + 0.25 / 2 + 0.01, rel=0.02)
    with pytest.raises(ValueError, match="There are 1 periods and 2 amplitudes"):
        load("sine-mixture", periods=(5.0,))


def test_autoregression_has_the_autocorrelation_of_yule_and_walker():
    first, second = 1.5, -0.75
    values = load("autoregression", timesteps=50_000, coefficients=(first, second)).values[:, 0]
    residuals = values[2:] - first * values[1:-1] - second * values[:-2]
    assert residuals.std() == pytest.approx(1, rel=0.02)
    assert abs(np.corrcoef(residuals[1:], residuals[:-1])[0, 1]) < 0.02
    lag_one = first / (1 - second)
    assert np.corrcoef(values[1:], values[:-1])[0, 1] == pytest.approx(lag_one, abs=0.01)
    assert np.corrcoef(values[2:], values[:-2])[0, 1] == pytest.approx(first * lag_one + second, abs=0.02)


@pytest.mark.parametrize("coefficients", [(1.0,), (0.5, 0.6), (0.0, -1.2)])
def test_autoregression_refuses_to_grow_without_bound(coefficients):
    with pytest.raises(ValueError, match=r"spectral radius is .* not below 1"):
        load("autoregression", coefficients=coefficients)


def test_markov_text_follows_its_table():
    text = load("markov-text", length=100_000).text
    counts = np.zeros((4, 4))
    for before, after in itertools.pairwise(text):
        counts["abcd".index(before), "abcd".index(after)] += 1
    frequencies = counts / counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(frequencies, grammars.MARKOV_TRANSITIONS, atol=0.015)


def test_markov_text_edge_cases():
    assert load("markov-text", length=0).text == ""
    assert load("markov-text", length=6, symbols="ab", transitions=[[0, 1], [1, 0]]).text in (
        "ababab",
        "bababa",
    )
    with pytest.raises(ValueError, match="2 symbols need a square table"):
        load("markov-text", symbols="ab")
    with pytest.raises(ValueError, match="probabilities that sum to 1"):
        load("markov-text", symbols="ab", transitions=[[0.5, 0.6], [1, 0]])
