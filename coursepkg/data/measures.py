"""How good is a prediction: measures for models of symbols, and for forecasts of numbers."""

import numpy as np


def cross_entropy(probabilities, ids):
    """Mean negative log probability that a model gave to the symbols that came.

    Args:
        probabilities: array of shape `(timesteps, vocabulary_size)`, each row adds up to 1.
        ids: int array of shape `(timesteps,)`, the symbols that came.

    Returns:
        float, in nats for each symbol; infinite if a symbol that came had probability 0.

    Raises:
        ValueError: if the shapes do not match or a row does not add up to 1.
    """
    probabilities, ids = np.asarray(probabilities, dtype=float), np.asarray(ids)
    if probabilities.ndim != 2 or ids.shape != probabilities.shape[:1]:
        raise ValueError(
            f"probabilities have shape {probabilities.shape} and ids {ids.shape}; expected "
            "(timesteps, vocabulary_size) and (timesteps,)"
        )
    if len(ids) == 0:
        raise ValueError("ids are empty; the mean over no symbol is not defined")
    sums = probabilities.sum(axis=1)
    worst = np.argmax(np.abs(sums - 1))
    if abs(sums[worst] - 1) > 1e-4 or probabilities.min() < 0:
        raise ValueError(
            f"row {worst} of the probabilities adds up to {sums[worst]:.4g} (smallest entry "
            f"{probabilities.min():.4g}); expected non-negative rows that add up to 1: did you pass logits?"
        )
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log(probabilities[np.arange(len(ids)), ids])))


def perplexity(mean_nats):
    """Turns a mean cross-entropy into a perplexity, `exp(mean_nats)`.

    A model with perplexity 9 is as unsure, on average, as one that chooses among 9 equally likely symbols.

    Args:
        mean_nats: float or array, mean negative log probability of a symbol, in nats.

    Returns:
        float or array of the same shape.

    Raises:
        ValueError: if a mean is negative.
    """
    return _checked_nats(mean_nats, np.exp)


def bits_per_character(mean_nats):
    """Turns a mean cross-entropy from nats into bits, `mean_nats / ln 2`.

    Args:
        mean_nats: float or array, mean negative log probability of a character, in nats. For a model of
            words, divide the sum over the text by its number of characters first.

    Returns:
        float or array of the same shape.

    Raises:
        ValueError: if a mean is negative.
    """
    return _checked_nats(mean_nats, lambda nats: nats / np.log(2))


def mean_absolute_error(targets, predictions):
    """Mean of `|target - prediction|`, in the units of the series.

    Args:
        targets: array of any shape.
        predictions: array of the same shape.

    Returns:
        float.

    Raises:
        ValueError: if the shapes differ or the arrays are empty.
    """
    return float(np.mean(np.abs(_errors(targets, predictions))))


def root_mean_squared_error(targets, predictions):
    """Square root of the mean of `(target - prediction)**2`, in the units of the series.

    It is never smaller than the mean absolute error, and larger when a few errors are much larger than the
    rest.

    Args:
        targets: array of any shape.
        predictions: array of the same shape.

    Returns:
        float.

    Raises:
        ValueError: if the shapes differ or the arrays are empty.
    """
    return float(np.sqrt(np.mean(_errors(targets, predictions) ** 2)))


def mean_absolute_scaled_error(targets, predictions, training_series, season=1):
    """Mean absolute error, in units of the error that the naive forecast makes on the training series.

    Below 1: better than repeating the value of one season ago did, one step ahead, on the training series
    (Hyndman and Koehler, 2006).

    Args:
        targets: array of any shape.
        predictions: array of the same shape.
        training_series: array of shape `(timesteps,)`, what the model was fitted to, in time order.
        season: int, steps in a season; 1 compares with the value just before.

    Returns:
        float, without units.

    Raises:
        ValueError: if the training series is not longer than a season, or its naive forecast makes no error.
    """
    training_series = np.asarray(training_series, dtype=float)
    if training_series.ndim != 1:
        raise ValueError(f"training_series has shape {training_series.shape}; expected (timesteps,)")
    if season < 1 or len(training_series) <= season:
        raise ValueError(
            f"season is {season} and the training series has {len(training_series)} values; "
            "expected at least 1, and a series longer than one season"
        )
    scale = np.mean(np.abs(training_series[season:] - training_series[:-season]))
    if not scale > 0:
        raise ValueError(
            f"the naive forecast (season={season}) makes no error on the training series, or one that is not "
            "a number, so there is nothing to scale by: is the series constant, or does it hold NaN?"
        )
    return mean_absolute_error(targets, predictions) / float(scale)


def _errors(targets, predictions):
    targets, predictions = np.asarray(targets, dtype=float), np.asarray(predictions, dtype=float)
    if targets.shape != predictions.shape:
        # Broadcasting (n,) against (n, 1) would compare every target with every prediction.
        raise ValueError(
            f"targets have shape {targets.shape} and predictions {predictions.shape}; expected the same shape"
        )
    if targets.size == 0:
        raise ValueError("targets are empty; the mean over no error is not defined")
    return targets - predictions


def _checked_nats(mean_nats, convert):
    nats = np.asarray(mean_nats, dtype=float)
    if np.any(nats < 0):
        raise ValueError(
            f"mean_nats is {nats.min():.4g}; a mean negative log probability is never negative: "
            "check the sign"
        )
    result = convert(nats)
    return float(result) if nats.ndim == 0 else result
