"""Learning curves as arrays: what `fit` returned, over several seeds."""

from typing import NamedTuple

import numpy as np


class LearningCurve(NamedTuple):
    """A measure over the epochs of one or more runs.

    Attributes:
        epochs: int array `(epochs,)`, counted from 1.
        training: float array `(seeds, epochs)`.
        validation: float array `(seeds, epochs)`, or None if no run was given validation data.
    """

    epochs: np.ndarray
    training: np.ndarray
    validation: np.ndarray | None


def learning_curve(histories, name="loss"):
    """Collects one measure of several training runs into arrays.

    Args:
        histories: what `model.fit` returned, or its `.history` dict, or a list of them with one entry for
            each seed.
        name: str, the measure, as Keras names it in the history of the training data: `"loss"`, `"accuracy"`.

    Returns:
        `LearningCurve`. Runs that stopped early are filled up with NaN, so that `np.nanmean` over seeds is
        right.

    Raises:
        KeyError: a run did not record `name`.
        ValueError: there are no runs.
    """
    if isinstance(histories, dict) or hasattr(histories, "history"):
        histories = [histories]
    records = [getattr(history, "history", history) for history in histories]
    if not records:
        raise ValueError("learning_curve needs at least one history, and the list is empty")
    for record in records:
        if name not in record:
            raise KeyError(f"the history has no measure {name!r}; it has: {', '.join(sorted(record))}")
    training = _stack([record[name] for record in records])
    validation = None
    if any(f"val_{name}" in record for record in records):
        validation = _stack([record.get(f"val_{name}", []) for record in records], training.shape[1])
    return LearningCurve(np.arange(1, training.shape[1] + 1), training, validation)


def _stack(runs, epochs=None):
    """Rows of unequal length -> array (runs, epochs), the rest NaN."""
    epochs = max(len(run) for run in runs) if epochs is None else epochs
    curves = np.full((len(runs), epochs), np.nan)
    for row, run in zip(curves, runs, strict=True):
        row[: len(run)] = run
    return curves
