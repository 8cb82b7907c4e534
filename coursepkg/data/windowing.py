"""Windows over a long series, and splits that keep the future out of the past."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np


class Windows(NamedTuple):
    """Windows of a series: `inputs` (count, length, ...) and `targets` (count, horizon, ...) that follow."""

    inputs: np.ndarray
    targets: np.ndarray


class SplitWindows(NamedTuple):
    """The windows of three consecutive parts of a series."""

    train: Windows
    validation: Windows
    test: Windows


def windows(series, length, horizon=1, stride=1, gap=0):
    """Cuts a series into windows: `length` steps to look at, then `horizon` steps to predict.

    Window k starts at step `k * stride`, and every window that fits is there: with `stride=1` the last target
    ends on the last step of the series.

    Args:
        series: Array of shape `(timesteps,)` or `(timesteps, features)`.
        length: int, steps in the input of a window.
        horizon: int, steps in its target.
        stride: int, steps from the start of one window to the start of the next.
        gap: int, steps left out between an input and its target.

    Returns:
        `Windows(inputs, targets)` of shapes `(count, length, features)` and `(count, horizon, features)`; a
        one-dimensional series gives no feature axis. Both are copies.

    Raises:
        ValueError: If the series has another number of axes or is too short, or an argument is out of range.
    """
    series = np.asarray(series)
    if series.ndim not in (1, 2):
        raise ValueError(f"series must have shape (timesteps,) or (timesteps, features), got {series.shape}")
    for name, value, least in (
        ("length", length, 1),
        ("horizon", horizon, 1),
        ("stride", stride, 1),
        ("gap", gap, 0),
    ):
        if value < least:
            raise ValueError(f"{name} must be {least} or more, got {value}")
    span = length + gap + horizon  # steps from the first input to the last target
    if len(series) < span:
        raise ValueError(
            f"a window needs length + gap + horizon = {length} + {gap} + {horizon} = {span} steps, "
            f"the series has {len(series)}"
        )
    starts = np.arange(0, len(series) - span + 1, stride)  # (count,)
    inputs = series[starts[:, None] + np.arange(length)]  # (count, length, ...)
    targets = series[starts[:, None] + length + gap + np.arange(horizon)]  # (count, horizon, ...)
    return Windows(inputs, targets)


def time_split(series, fractions=(0.7, 0.15, 0.15)):
    """Cuts a series into consecutive parts, the past first.

    Args:
        series: Anything with a length that can be sliced: array, list, str, index of dates. Its first axis is
            time.
        fractions: Share of each part, positive, adding up to 1.

    Returns:
        List with one part per fraction, of the type of `series`, together every step once and in order.

    Raises:
        ValueError: If the fractions do not add up to 1 or a part would be empty.
    """
    shares = np.asarray(fractions, dtype=np.float64)
    if shares.ndim != 1 or not (shares > 0).all() or not np.isclose(shares.sum(), 1.0):
        raise ValueError(f"fractions must be positive and add up to 1, got {fractions}")
    inner_cuts = np.round(np.cumsum(shares)[:-1] * len(series)).astype(int)
    cuts = [0, *inner_cuts.tolist(), len(series)]
    parts = list(pairwise(cuts))
    if any(start == stop for start, stop in parts):
        raise ValueError(
            f"{len(series)} steps are too few for the fractions {fractions}: a part would be empty"
        )
    return [series[start:stop] for start, stop in parts]


def split_windows(series, length, horizon=1, stride=1, fractions=(0.7, 0.15, 0.15), gap=0):
    """Splits a series by time, then cuts each part into windows of its own.

    The order matters. Windows are cut inside a part, so none crosses a border: no target of one part is seen
    in another, as a target or as an input, and all that a training window holds lies before all of
    validation, which lies before all of test. The price is the `length + gap + horizon - 1` windows that
    would have crossed each border.

    Args:
        series: Array of shape `(timesteps,)` or `(timesteps, features)`.
        length: int, steps in the input of a window.
        horizon: int, steps in its target.
        stride: int, steps from the start of one window to the start of the next.
        fractions: Three shares: train, validation, test.
        gap: int, steps left out between an input and its target.

    Returns:
        `SplitWindows(train, validation, test)`, each a `Windows(inputs, targets)`.

    Raises:
        ValueError: As `windows` and `time_split`; the message about a short part names it.
    """
    if len(fractions) != 3:
        raise ValueError(f"fractions must be three shares: train, validation, test; got {fractions}")
    parts = {}
    for name, part in zip(SplitWindows._fields, time_split(np.asarray(series), fractions), strict=True):
        try:
            parts[name] = windows(part, length, horizon, stride, gap)
        except ValueError as error:
            raise ValueError(f"in the {name} part: {error}") from error
    return SplitWindows(**parts)
