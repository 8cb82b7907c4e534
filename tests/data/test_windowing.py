import keras
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.model_selection import TimeSeriesSplit

from coursepkg.data import split_windows, time_split, windows

settings_of_windows = st.fixed_dictionaries(
    {
        "length": st.integers(1, 6),
        "horizon": st.integers(1, 4),
        "stride": st.integers(1, 4),
        "gap": st.integers(0, 3),
    }
)


def windows_by_loop(series, length, horizon, stride, gap):
    """Every window that fits, found by trying every start: the definition, with no arithmetic."""
    inputs, targets = [], []
    for start in range(len(series)):
        seen = series[start : start + length]
        asked = series[start + length + gap : start + length + gap + horizon]
        if start % stride == 0 and len(seen) == length and len(asked) == horizon:
            inputs.append(seen)
            targets.append(asked)
    return inputs, targets


@given(st.integers(1, 40), st.sampled_from([None, 1, 3]), settings_of_windows)
def test_every_possible_window_is_there_once_and_in_order(timesteps, features, options):
    shape = (timesteps,) if features is None else (timesteps, features)
    series = np.arange(np.prod(shape)).reshape(shape)
    inputs, targets = windows_by_loop(series, **options)
    assume(inputs)
    ours = windows(series, **options)
    np.testing.assert_array_equal(ours.inputs, inputs)
    np.testing.assert_array_equal(ours.targets, targets)
    assert ours.inputs.shape == (len(inputs), options["length"], *shape[1:])
    assert ours.targets.shape == (len(inputs), options["horizon"], *shape[1:])


@given(st.integers(1, 30), settings_of_windows)
def test_a_series_is_too_short_exactly_when_no_window_fits(timesteps, options):
    series = np.arange(timesteps)
    if windows_by_loop(series, **options)[0]:
        assert len(windows(series, **options).inputs) >= 1
    else:
        with pytest.raises(ValueError, match=f"the series has {timesteps}"):
            windows(series, **options)


def test_the_last_target_ends_on_the_last_step():
    inputs, targets = windows([10, 11, 12, 13, 14, 15], length=3, horizon=2)
    np.testing.assert_array_equal(inputs, [[10, 11, 12], [11, 12, 13]])
    np.testing.assert_array_equal(targets, [[13, 14], [14, 15]])


def test_agrees_with_timeseries_dataset_from_array():
    series = np.arange(23, dtype=np.float32)
    length = 5
    ours = windows(series, length)
    dataset = keras.utils.timeseries_dataset_from_array(
        series, series[length:], sequence_length=length, batch_size=None
    )
    theirs = [(np.asarray(one), np.asarray(target)) for one, target in dataset]
    np.testing.assert_array_equal(ours.inputs, [one for one, _ in theirs])
    np.testing.assert_array_equal(ours.targets[:, 0], [target for _, target in theirs])


def test_windows_are_copies_of_the_same_type():
    series = np.arange(6, dtype=np.float32)
    inputs, targets = windows(series, 2)
    inputs[:] = -1
    targets[:] = -1
    np.testing.assert_array_equal(series, np.arange(6))
    assert inputs.dtype == targets.dtype == np.float32


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": 0}, "length must be 1 or more, got 0"),
        ({"length": 2, "horizon": 0}, "horizon must be 1 or more, got 0"),
        ({"length": 2, "stride": 0}, "stride must be 1 or more, got 0"),
        ({"length": 2, "gap": -1}, "gap must be 0 or more, got -1"),
        ({"length": 8, "horizon": 2, "gap": 1}, r"8 \+ 1 \+ 2 = 11 steps, the series has 10"),
    ],
)
def test_wrong_windows_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        windows(np.arange(10), **options)


@pytest.mark.parametrize("shape", [(), (4, 2, 2)])
def test_a_series_has_one_or_two_axes(shape):
    with pytest.raises(ValueError, match=r"\(timesteps,\) or \(timesteps, features\)"):
        windows(np.zeros(shape), 1)


fractions_lists = st.lists(st.integers(1, 9), min_size=1, max_size=5).map(
    lambda parts: tuple(part / sum(parts) for part in parts)
)


@given(st.integers(50, 300), fractions_lists)
def test_parts_hold_every_step_once_in_order_and_near_their_share(timesteps, fractions):
    parts = time_split(np.arange(timesteps), fractions)
    np.testing.assert_array_equal(np.concatenate(parts), np.arange(timesteps))
    for part, fraction in zip(parts, fractions, strict=True):
        assert abs(len(part) - fraction * timesteps) <= 1


@pytest.mark.parametrize("series", ["abcdefghij", list(range(10)), np.arange(20).reshape(10, 2)])
def test_parts_have_the_type_of_the_series(series):
    past, future = time_split(series, (0.5, 0.5))
    assert type(past) is type(series)
    assert len(past) == len(future) == 5


@pytest.mark.parametrize("fractions", [(0.5, 0.4), (1.2, -0.2), (1.0, 0.0), (), ((0.5, 0.5),)])
def test_fractions_must_be_positive_and_add_up_to_one(fractions):
    with pytest.raises(ValueError, match="positive and add up to 1"):
        time_split(np.arange(10), fractions)


def test_an_empty_part_is_refused():
    with pytest.raises(ValueError, match="3 steps are too few"):
        time_split(np.arange(3), (0.9, 0.05, 0.05))


@given(st.integers(20, 120), settings_of_windows, st.sampled_from([(0.7, 0.15, 0.15), (0.4, 0.3, 0.3)]))
def test_no_target_of_one_part_is_seen_in_another(timesteps, options, fractions):
    series = np.arange(timesteps)  # the value of a step is its time, so leaks show as shared numbers
    borders = [(part[0], part[-1]) for part in time_split(series, fractions)]
    expected = [windows_by_loop(series[first : last + 1], **options) for first, last in borders]
    assume(all(inputs for inputs, _ in expected))
    split = split_windows(series, fractions=fractions, **options)

    seen = [set(part.inputs.ravel()) | set(part.targets.ravel()) for part in split]
    for one in range(3):
        for other in range(3):
            if one != other:
                assert not set(split[one].targets.ravel()) & seen[other]
    assert max(seen[0]) < min(seen[1])
    assert max(seen[1]) < min(seen[2])
    for part, (inputs, targets) in zip(split, expected, strict=True):  # and nothing more is given up
        np.testing.assert_array_equal(part.inputs, inputs)
        np.testing.assert_array_equal(part.targets, targets)


@given(st.integers(30, 100), settings_of_windows)
def test_the_price_of_a_border_is_the_windows_that_would_cross_it(timesteps, options):
    options["stride"] = 1
    span = options["length"] + options["gap"] + options["horizon"]
    assume(timesteps // 4 >= span)
    whole = len(windows(np.arange(timesteps), **options).inputs)
    split = split_windows(np.arange(timesteps), fractions=(0.5, 0.25, 0.25), **options)
    assert sum(len(part.inputs) for part in split) == whole - 2 * (span - 1)


def test_parts_have_names_and_unpack():
    split = split_windows(np.arange(40.0), 3)
    (train_inputs, train_targets), validation, test = split
    assert train_inputs is split.train.inputs
    assert train_targets is split.train.targets
    assert validation is split.validation
    assert test is split.test


def test_a_part_that_is_too_short_is_named():
    with pytest.raises(ValueError, match=r"in the validation part: .* the series has 3"):
        split_windows(np.arange(20), 5)


def test_three_fractions_are_asked_for():
    with pytest.raises(ValueError, match="three shares"):
        split_windows(np.arange(20), 2, fractions=(0.5, 0.5))


def test_order_of_the_parts_is_that_of_scikit_learn():
    series = np.arange(12)
    train_index, test_index = list(TimeSeriesSplit(n_splits=3).split(series))[-1]
    past, future = time_split(series, (0.75, 0.25))
    np.testing.assert_array_equal(past, series[train_index])
    np.testing.assert_array_equal(future, series[test_index])
