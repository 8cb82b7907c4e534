"""Forecasts that need no network: the bars that every model has to clear."""

import numpy as np


def persistence(history, horizon=1):
    """Forecasts that everything stays as it is: the last value, again and again.

    Args:
        history: array of shape `(timesteps,)`, `(batch, timesteps)` or `(batch, timesteps, features)`.
        horizon: int, number of steps to forecast.

    Returns:
        Array of shape `(horizon,)`, `(batch, horizon)` or `(batch, horizon, features)`.
    """
    return seasonal_naive(history, horizon, season=1)


def seasonal_naive(history, horizon, season):
    """Forecasts that each season repeats the last one: the value of the same step, one season ago.

    Args:
        history: array of shape `(timesteps,)`, `(batch, timesteps)` or `(batch, timesteps, features)`, at
            least one season long.
        horizon: int, number of steps to forecast.
        season: int, steps in a season: 12 for a yearly season in monthly values.

    Returns:
        Array of shape `(horizon,)`, `(batch, horizon)` or `(batch, horizon, features)`.

    Raises:
        ValueError: if the history is shorter than a season or the horizon smaller than 1.
    """
    history, axis = _checked_history(history, horizon)
    timesteps = history.shape[axis]
    if not 1 <= season <= timesteps:
        raise ValueError(f"season is {season}; expected 1 to {timesteps}, the length of the history")
    steps = timesteps - season + np.arange(horizon) % season
    return np.take(history, steps, axis=axis)


def drift(history, horizon=1):
    """Continues the straight line from the first value of the history to the last.

    Args:
        history: array of shape `(timesteps,)`, `(batch, timesteps)` or `(batch, timesteps, features)`, at
            least two steps long.
        horizon: int, number of steps to forecast.

    Returns:
        Array of shape `(horizon,)`, `(batch, horizon)` or `(batch, horizon, features)`.

    Raises:
        ValueError: if the history is shorter than two steps or the horizon smaller than 1.
    """
    history, axis = _checked_history(history, horizon)
    timesteps = history.shape[axis]
    if timesteps < 2:
        raise ValueError("history has one step; a line needs at least two")
    first, last = np.take(history, [0], axis=axis), np.take(history, [-1], axis=axis)
    ahead = np.arange(1, horizon + 1, dtype=float)
    ahead = ahead.reshape([-1 if dimension == axis else 1 for dimension in range(history.ndim)])
    return last + ahead * (last - first) / (timesteps - 1)


class LinearAutoregression:
    """Forecasts the next value as a weighted sum of earlier ones, plus a constant; fitted by least squares.

    `y_t = a_0 + a_1 y_{t-1} + ... + a_p y_{t-p}`, with p the order, and with a season s also `+ a_s y_{t-s}`.

    Args:
        order: int, number of steps just before that are used; at least 1.
        season: int or None. If given, the value of one season ago is used too.

    Attributes:
        lags: int array of shape `(lags,)`, how far back each weight looks, ascending.
        intercept: float, after `fit`.
        coefficients: array of shape `(lags,)`, after `fit`.

    Raises:
        ValueError: if the order or the season is smaller than 1.
    """

    def __init__(self, order, season=None):
        if order < 1:
            raise ValueError(f"order is {order}; expected at least 1 (order 1 uses the last value)")
        if season is not None and season < 1:
            raise ValueError(f"season is {season}; expected at least 1, or None")
        self.lags = np.array(sorted({*range(1, order + 1)} | ({season} if season else set())))
        self.intercept, self.coefficients = None, None

    def fit(self, series):
        """Fits the weights to all steps of a series that have enough past.

        Args:
            series: array of shape `(timesteps,)`, in time order.

        Returns:
            The model itself.

        Raises:
            ValueError: if the series is too short for the number of weights, or holds NaN or infinity.
        """
        series = np.asarray(series, dtype=float)
        longest, unknowns = self.lags[-1], len(self.lags) + 1
        if series.ndim != 1:
            raise ValueError(f"series has shape {series.shape}; expected (timesteps,)")
        if len(series) - longest < unknowns:
            raise ValueError(
                f"series has {len(series)} steps; {unknowns} unknowns and a longest lag of {longest} need at "
                f"least {longest + unknowns}"
            )
        if not np.all(np.isfinite(series)):
            raise ValueError("series holds NaN or infinity; fill the gaps before fitting")
        past = np.stack([series[longest - lag : len(series) - lag] for lag in self.lags], axis=1)
        design = np.column_stack([np.ones(len(past)), past])  # (timesteps - longest, 1 + lags)
        solution = np.linalg.lstsq(design, series[longest:], rcond=None)[0]
        self.intercept, self.coefficients = float(solution[0]), solution[1:]
        return self

    def predict(self, history, horizon=1):
        """Forecasts the steps that follow a history; beyond the first it feeds on its own forecasts.

        Args:
            history: array of shape `(timesteps,)` or `(batch, timesteps)`, at least as long as the longest
                lag.
            horizon: int, number of steps to forecast.

        Returns:
            Array of shape `(horizon,)` or `(batch, horizon)`.

        Raises:
            ValueError: if the history is shorter than the longest lag or the horizon smaller than 1.
            RuntimeError: before `fit`.
        """
        if self.coefficients is None:
            raise RuntimeError("the model has no weights yet: call fit(series) first")
        history, axis = _checked_history(history, horizon)
        if history.ndim > 2:
            raise ValueError(
                f"history has shape {history.shape}; expected (timesteps,) or (batch, timesteps)"
            )
        if history.shape[axis] < self.lags[-1]:
            raise ValueError(
                f"history has {history.shape[axis]} steps; the longest lag, {self.lags[-1]}, needs as many"
            )
        return self._extend(history, horizon)

    def _extend(self, known, horizon):
        """Appends `horizon` forecasts to `known`, of shape `(..., timesteps)`, and returns the forecasts."""
        for _ in range(horizon):
            following = self.intercept + known[..., -self.lags] @ self.coefficients  # (...)
            known = np.concatenate([known, following[..., None]], axis=-1)  # (..., timesteps + 1)
        return known[..., -horizon:]


def _checked_history(history, horizon):
    """Returns the history as a float array and its time axis."""
    history = np.asarray(history, dtype=float)
    if history.ndim not in (1, 2, 3):
        raise ValueError(
            f"history has shape {history.shape}; expected (timesteps,), (batch, timesteps) or "
            "(batch, timesteps, features)"
        )
    axis = min(history.ndim - 1, 1)
    if history.shape[axis] == 0:
        raise ValueError(f"history has shape {history.shape}; expected at least one step")
    if horizon < 1:
        raise ValueError(f"horizon is {horizon}; expected at least 1")
    return history, axis
