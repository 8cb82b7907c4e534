"""Baselines against their definition, brute force and statsmodels."""

import numpy as np
import pytest
from statsmodels.tsa.ar_model import AutoReg

from coursepkg.data.baselines import LinearAutoregression, drift, persistence, seasonal_naive


def wave(length, seed=0):
    steps = np.arange(length)
    return np.sin(steps / 3) + 0.1 * np.random.default_rng(seed).normal(size=length).cumsum()


def test_persistence_repeats_the_last_value():
    np.testing.assert_array_equal(persistence([1, 5, 2], horizon=3), [2, 2, 2])
    np.testing.assert_array_equal(persistence([[1, 2], [3, 4]], horizon=2), [[2, 2], [4, 4]])


def test_seasonal_naive_repeats_the_last_season():
    history = [9, 9, 1, 2, 3]
    np.testing.assert_array_equal(seasonal_naive(history, horizon=7, season=3), [1, 2, 3, 1, 2, 3, 1])
    np.testing.assert_array_equal(seasonal_naive(history, horizon=2, season=3), [1, 2])
    np.testing.assert_array_equal(seasonal_naive(history, horizon=4, season=1), persistence(history, 4))


def test_drift_continues_the_line_from_first_to_last():
    np.testing.assert_allclose(drift([1, 7, 5], horizon=3), [7, 9, 11])
    line = 3 + 0.5 * np.arange(20)
    np.testing.assert_allclose(drift(line[:12], horizon=8), line[12:])


@pytest.mark.parametrize(
    "forecast", [persistence, drift, lambda history, horizon: seasonal_naive(history, horizon, season=4)]
)
def test_batches_and_features_are_forecast_one_by_one(forecast):
    history = np.random.default_rng(0).normal(size=(3, 8, 2))
    result = forecast(history, 5)
    assert result.shape == (3, 5, 2)
    for row in range(3):
        np.testing.assert_allclose(forecast(history[..., 0], 5)[row], forecast(history[row, :, 0], 5))
        for feature in range(2):
            np.testing.assert_allclose(result[row, :, feature], forecast(history[row, :, feature], 5))


@pytest.mark.parametrize("order", [1, 2, 9])
def test_autoregression_agrees_with_statsmodels(order):
    series = wave(120)
    reference = AutoReg(series, lags=order, trend="c").fit()
    model = LinearAutoregression(order).fit(series)
    np.testing.assert_allclose(np.append(model.intercept, model.coefficients), reference.params, rtol=1e-6)
    forecasts = reference.predict(start=len(series), end=len(series) + 11)  # feeds on its own forecasts
    np.testing.assert_allclose(model.predict(series, horizon=12), forecasts, rtol=1e-6)


def test_a_season_adds_one_lag():
    series = wave(150)
    reference = AutoReg(series, lags=[1, 2, 12], trend="c").fit()
    model = LinearAutoregression(2, season=12).fit(series)
    np.testing.assert_array_equal(model.lags, [1, 2, 12])
    np.testing.assert_allclose(np.append(model.intercept, model.coefficients), reference.params, rtol=1e-6)
    np.testing.assert_allclose(
        model.predict(series, horizon=30), reference.predict(len(series), len(series) + 29), rtol=1e-6
    )
    np.testing.assert_array_equal(LinearAutoregression(3, season=2).lags, [1, 2, 3])


def test_noise_free_recurrence_is_recovered_and_continued():
    series = [1.0, 2.0]
    for _ in range(38):
        series.append(0.5 + 1.6 * series[-1] - 0.9 * series[-2])
    model = LinearAutoregression(2).fit(series[:25])
    np.testing.assert_allclose([model.intercept, *model.coefficients], [0.5, 1.6, -0.9], rtol=1e-8)
    np.testing.assert_allclose(model.predict(series[:25], horizon=15), series[25:], rtol=1e-6)


def test_a_batch_of_histories_is_forecast_at_once():
    series = wave(100)
    model = LinearAutoregression(3, season=7).fit(series)
    histories = np.stack([series[start : start + 20] for start in range(10)])
    result = model.predict(histories, horizon=4)
    assert result.shape == (10, 4)
    for history, forecasts in zip(histories, result, strict=True):
        np.testing.assert_allclose(forecasts, model.predict(history, horizon=4))


def test_one_step_is_the_weighted_sum():
    series = wave(60)
    model = LinearAutoregression(2).fit(series)
    by_hand = model.intercept + model.coefficients[0] * series[-1] + model.coefficients[1] * series[-2]
    assert model.predict(series).tolist() == [pytest.approx(by_hand)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: persistence([], 1), "at least one step"),
        (lambda: persistence([1.0], 0), "horizon is 0"),
        (lambda: persistence(3.0, 1), r"history has shape \(\)"),
        (lambda: seasonal_naive([1.0, 2.0], 1, season=3), "season is 3; expected 1 to 2"),
        (lambda: drift([1.0], 1), "at least two"),
        (lambda: LinearAutoregression(0), "order is 0; expected at least 1"),
        (lambda: LinearAutoregression(1, season=0), "season is 0"),
        (lambda: LinearAutoregression(2).fit([1.0, 2.0, 3.0, 4.0]), "need at least 5"),
        (lambda: LinearAutoregression(1).fit([[1.0], [2.0]]), r"expected \(timesteps,\)"),
        (lambda: LinearAutoregression(1).fit([1.0, np.nan, 2.0, 3.0]), "fill the gaps"),
        (
            lambda: LinearAutoregression(3).fit(wave(30)).predict([1.0, 2.0]),
            "the longest lag, 3, needs as many",
        ),
        (
            lambda: LinearAutoregression(1).fit(wave(30)).predict(np.ones((2, 5, 1))),
            r"expected \(timesteps,\)",
        ),
    ],
)
def test_wrong_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_forecasting_before_fitting():
    with pytest.raises(RuntimeError, match="call fit"):
        LinearAutoregression(1).predict([1.0])
