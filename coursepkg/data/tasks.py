"""The two tasks that run through the book, defined once: predict characters, and forecast a series.

Every chapter that claims an improvement measures on these splits, against these baselines.
"""

import re
from dataclasses import dataclass

import numpy as np

from coursepkg.data.baselines import LinearAutoregression, drift, persistence, seasonal_naive
from coursepkg.data.ngrams import NGramModel
from coursepkg.data.registry import load
from coursepkg.data.vocabulary import Vocabulary
from coursepkg.data.windowing import windows


@dataclass(frozen=True)
class CharacterTask:
    """Predict the next character of Python's manual.

    Attributes:
        vocabulary: `Vocabulary` of the characters of the training part.
        train: int32 ids of shape `(timesteps,)`, the first 80 % of the text.
        validation: int32 ids, the next 10 %: for choosing between models.
        test: int32 ids, the last 10 %: for the number that is reported, once.
    """

    vocabulary: Vocabulary
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class ForecastingTask:
    """Forecast the next values of a series from a window of the values before them.

    A window belongs to the part that its targets lie in. The inputs of a test window may reach back before
    the cut: when the forecast is made those values are known.

    Attributes:
        series: float array of shape `(timesteps,)`, all values in time order.
        index: array of shape `(timesteps,)`, the time of each value.
        cuts: tuple of two ints, the steps at which validation and test begin.
        season: int or None, steps in a season.
        train: tuple `(inputs, targets)` of shapes `(count, length)` and `(count, horizon)`.
        validation: the same for the targets between the cuts.
        test: the same for the targets after the second cut.
    """

    series: np.ndarray
    index: np.ndarray
    cuts: tuple
    season: int | None
    train: tuple
    validation: tuple
    test: tuple

    @property
    def past(self):
        """All values before the test part, of shape `(timesteps,)`: what a baseline is fitted to."""
        return self.series[: self.cuts[1]]


def unique_paragraphs(text):
    """Splits a text at blank lines and keeps the first copy of each paragraph.

    Python's manual prints many paragraphs twice, under two headings. Left in, one copy would fall into the
    training part and the other into the test part, and a model that memorises would look like one that
    understands.

    Args:
        text: str.

    Returns:
        List of str, in the order of the text.
    """
    seen, kept = set(), []
    for paragraph in text.split("\n\n"):
        content = paragraph.strip()
        if content and content not in seen:
            seen.add(content)
            kept.append(paragraph.strip("\n"))
    return kept


def shorten_runs(text, longest=12):
    """Cuts every run of one repeated character, such as a ruled line or the padding of a table.

    Such runs cost a model next to nothing, and where one part of a text holds more tables than another, its
    bits per character could not be compared.

    Args:
        text: str.
        longest: int, runs longer than this are cut to this length. Line breaks are left alone.

    Returns:
        str.
    """
    return re.sub(rf"(.)\1{{{longest},}}", lambda run: run[1] * longest, text)


def character_task(fractions=(0.8, 0.1, 0.1)):
    """Python's manual in three consecutive parts, each paragraph once, long runs of one character shortened.

    Args:
        fractions: three floats that add up to 1, the shares of training, validation and test text. Cuts fall
            between paragraphs.

    Returns:
        `CharacterTask`. The manual grows with the Python version, so sizes and results differ a little from
        one version to the next.

    Raises:
        ValueError: if the fractions are not three positive numbers that add up to 1.
    """
    if len(fractions) != 3 or min(fractions) <= 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError(f"fractions are {fractions}; expected three positive numbers that add up to 1")
    paragraphs = unique_paragraphs(shorten_runs(load("python-manual").text))
    ends = np.cumsum([len(paragraph) + 2 for paragraph in paragraphs])
    first, second = np.searchsorted(ends, ends[-1] * np.cumsum(fractions)[:2])
    parts = [paragraphs[:first], paragraphs[first:second], paragraphs[second:]]
    train, validation, test = ("\n\n".join(part) + "\n\n" for part in parts)
    vocabulary = Vocabulary.from_text(train, level="character")  # the test part must not choose the symbols
    return CharacterTask(vocabulary, *(vocabulary.encode(part) for part in (train, validation, test)))


def character_bars(task, orders=(1, 2, 3, 4, 5, 6), part="test", smoothing="kneser-ney"):
    """Cross-entropy of n-gram models on the character task.

    Args:
        task: `CharacterTask`.
        orders: ints, the orders to measure.
        part: `"validation"` or `"test"`.
        smoothing: as for `NGramModel`.

    Returns:
        dict from order to float, nats for each character. `0` stands for the uniform distribution.
    """
    size = len(task.vocabulary)
    bars = {0: float(np.log(size))}
    for order in orders:
        model = NGramModel(order, size, smoothing=smoothing).fit(task.train)
        bars[order] = -float(np.mean(model.log_probabilities(getattr(task, part))))
    return bars


def sunspot_task(length=24):
    """Yearly mean sunspot numbers: forecast the next year. Test years are 1921 to 2008.

    Args:
        length: int, years in each window; at least 9, as far as `forecasting_bars` looks back.

    Returns:
        `ForecastingTask` with a horizon of 1 year. Validation targets are the years 1881 to 1920.
    """
    sunspots = load("sunspots")
    years = np.asarray(sunspots.index)
    cuts = (int(np.searchsorted(years, 1881)), int(np.searchsorted(years, 1921)))
    return _forecasting_task(sunspots.values[:, 0], years, cuts, length, horizon=1)


def co2_task(length=36, horizon=12):
    """Monthly means of carbon dioxide over Mauna Loa: forecast the next twelve months.

    Test years are 1992 to 2001. Weeks without a measurement are filled by a straight line between their
    neighbours; all of them lie in the training part, so no test value leaks into what comes before it.

    Args:
        length: int, months in each window; at least 13, as far as `forecasting_bars` looks back.
        horizon: int, months to forecast.

    Returns:
        `ForecastingTask` with a season of 12 months. Validation targets lie in the years 1987 to 1991.
    """
    monthly = load("co2", every="month")
    index = monthly.index
    cuts = tuple(int(np.searchsorted(index, np.datetime64(date))) for date in ("1987-01", "1992-01"))
    return _forecasting_task(monthly.values[:, 0], index, cuts, length, horizon, season=12)


def forecasting_bars(task):
    """Forecasts of the baselines for the test windows of a task.

    Args:
        task: `ForecastingTask`.

    Returns:
        dict from name to array of shape `(count, horizon)`, to compare with `task.test[1]`. Without a season:
        `"persistence"`, `"drift"` and `"autoregression"` (order 9). With one: `"persistence"`,
        `"seasonal naive"`, `"seasonal naive + drift"` (the value of a season ago, plus what the last season
        added) and `"autoregression"` (order 3 and the same step of last season).
    """
    inputs, targets = task.test
    horizon = targets.shape[1]
    bars = {"persistence": persistence(inputs, horizon)}
    if task.season is None:
        bars["drift"] = drift(inputs, horizon)
        model = LinearAutoregression(order=9)
    else:
        season = task.season
        bars["seasonal naive"] = seasonal_naive(inputs, horizon, season)
        growth = inputs[:, -1:] - inputs[:, -1 - season : -season]  # (count, 1): what the last season added
        seasons_ahead = 1 + np.arange(horizon) // season
        bars["seasonal naive + drift"] = bars["seasonal naive"] + growth * seasons_ahead
        model = LinearAutoregression(order=3, season=season)
    bars["autoregression"] = model.fit(task.past).predict(inputs, horizon)
    return bars


def _forecasting_task(series, index, cuts, length, horizon, season=None):
    series = np.asarray(series, dtype=float)
    inputs, targets = windows(series, length, horizon)  # (count, length), (count, horizon)
    first = np.arange(len(inputs)) + length  # step of the first target of each window
    last = first + horizon - 1
    parts = [last < cuts[0], (first >= cuts[0]) & (last < cuts[1]), first >= cuts[1]]
    return ForecastingTask(series, index, cuts, season, *((inputs[part], targets[part]) for part in parts))
