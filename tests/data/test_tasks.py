"""The book's two tasks: no text and no value of the test part is known before."""

import numpy as np
import pytest

from coursepkg.data import (
    character_bars,
    character_task,
    co2_task,
    forecasting_bars,
    load,
    mean_absolute_error,
    seasonal_naive,
    shorten_runs,
    sunspot_task,
    unique_paragraphs,
)


@pytest.fixture(scope="module")
def characters():
    return character_task()


@pytest.fixture(scope="module", params=[sunspot_task, co2_task])
def forecasting(request):
    return request.param()


def test_unique_paragraphs_keeps_the_first_copy_and_the_layout():
    text = "first\n\n    indented\nline\n\nfirst\n\n\nsecond\n\nindented\nline\n"
    assert unique_paragraphs(text) == ["first", "    indented\nline", "second"]
    assert unique_paragraphs("\n\n\n") == []


def test_long_runs_of_one_character_are_cut():
    assert (
        shorten_runs("a" + "-" * 5 + "b" + " " * 4 + "\n\n\n\n\n\nccd", longest=4)
        == "a----b    \n\n\n\n\n\nccd"
    )
    assert shorten_runs("=" * 12) == "=" * 12
    assert shorten_runs("=" * 13 + "~" * 99) == "=" * 12 + "~" * 12


def test_no_paragraph_is_in_two_parts(characters):
    parts = [characters.train, characters.validation, characters.test]
    paragraphs = [
        {paragraph.strip() for paragraph in characters.vocabulary.decode(part).split("\n\n")} - {""}
        for part in parts
    ]
    assert all(paragraphs)
    for first in range(3):
        for second in range(first):
            assert not paragraphs[first] & paragraphs[second]


def test_the_parts_are_consecutive_and_have_their_shares(characters):
    sizes = np.array([len(characters.train), len(characters.validation), len(characters.test)])
    np.testing.assert_allclose(sizes / sizes.sum(), [0.8, 0.1, 0.1], atol=0.01)
    text = "".join(
        characters.vocabulary.decode(part)
        for part in (characters.train, characters.validation, characters.test)
    )
    manual = shorten_runs(load("python-manual").text)
    assert len(text) < 0.9 * len(manual)  # a good part of the manual is printed twice
    whole = [text[start : start + 40] for start in range(0, 2000, 40)]
    assert sum(piece in manual for piece in whole) > 0.9 * len(whole)


def test_the_symbols_are_those_of_the_training_part(characters):
    symbols = set(characters.vocabulary.decode(characters.train))
    assert len(characters.vocabulary) == len(symbols) + 2  # and [PAD] and [UNK]
    assert np.mean(characters.test == characters.vocabulary.unknown_id) < 0.001
    assert not np.any(characters.train == characters.vocabulary.padding_id)


def test_character_bars_fall_from_uniform_to_bigram_to_trigram(characters):
    bars = character_bars(characters, orders=(1, 2, 3), part="validation")
    assert bars[0] == pytest.approx(np.log(len(characters.vocabulary)))
    assert bars[0] > bars[1] > bars[2] > bars[3] > 0


def test_fractions_must_add_up():
    with pytest.raises(ValueError, match="three positive numbers that add up to 1"):
        character_task(fractions=(0.8, 0.3, 0.1))


def test_targets_of_the_parts_are_disjoint_in_time_and_follow_their_inputs(forecasting):
    series, length = forecasting.series, forecasting.test[0].shape[1]
    boundaries = [0, *forecasting.cuts, len(series)]
    parts = (forecasting.train, forecasting.validation, forecasting.test)
    for part, (inputs, targets) in enumerate(parts):
        horizon = targets.shape[1]
        # Find each window by its place: the parts are consecutive stretches of the series.
        begin = length if part == 0 else boundaries[part]
        count = boundaries[part + 1] - begin - horizon + 1
        assert len(inputs) == len(targets) == count
        for row in range(count):
            first = begin + row
            np.testing.assert_array_equal(inputs[row], series[first - length : first])
            np.testing.assert_array_equal(targets[row], series[first : first + horizon])


def test_the_parts_have_the_years_that_are_promised():
    sunspots = sunspot_task()
    assert sunspots.index[sunspots.cuts[0]] == 1881
    assert sunspots.index[sunspots.cuts[1]] == 1921
    assert len(sunspots.test[1]) == 2008 - 1921 + 1
    co2 = co2_task()
    assert str(co2.index[co2.cuts[0]]) == "1987-01"
    assert str(co2.index[co2.cuts[1]]) == "1992-01"
    np.testing.assert_array_equal(np.diff(co2.index.astype(int)), 1)  # no month is missing


def test_no_test_value_of_the_carbon_dioxide_is_filled_in():
    kept = load("co2", missing="keep")
    missing = kept.index[np.isnan(kept.values[:, 0])].astype("datetime64[M]")
    task = co2_task()
    assert len(missing) > 0
    assert missing.max() < task.index[task.cuts[0]]


def test_sunspot_bars_are_the_published_ones():
    # Yearly sunspots, one step ahead, 1921 to 2008: an autoregression of order 9 fitted to 1700 to 1920.
    task = sunspot_task()
    errors = {name: mean_absolute_error(task.test[1], bar) for name, bar in forecasting_bars(task).items()}
    assert errors["persistence"] == pytest.approx(23.3, abs=0.05)
    assert errors["autoregression"] == pytest.approx(13.0, abs=0.05)


def test_bars_depend_on_the_past_only():
    task, changed = co2_task(), co2_task()
    changed.series[changed.cuts[1] :] += 100.0
    for name, forecast in forecasting_bars(task).items():
        assert forecast.shape == task.test[1].shape
        np.testing.assert_allclose(forecasting_bars(changed)[name], forecast, err_msg=name)


def test_growth_is_added_to_each_season():
    task = co2_task(horizon=24)
    bars = forecasting_bars(task)
    growth = bars["seasonal naive + drift"] - seasonal_naive(task.test[0], 24, 12)
    expected = task.test[0][:, -1] - task.test[0][:, -13]
    np.testing.assert_allclose(growth[:, :12], np.tile(expected[:, None], 12))
    np.testing.assert_allclose(growth[:, 12:], 2 * np.tile(expected[:, None], 12))
