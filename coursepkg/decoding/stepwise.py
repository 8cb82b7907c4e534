"""Writing one symbol after another: the likeliest, or one that is drawn.

A model takes part by a function `next_step(ids, state) -> (logits, state)`: it reads one symbol of each row,
`ids` `(batch,)`, and gives logits `(batch, vocabulary)` and its new state. The state may be any nested
structure of arrays whose first axis is the batch; nothing here looks inside.
"""

import numbers
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from coursepkg.decoding.arguments import check_whole_number
from coursepkg.decoding.samplers import Temperature

PADDING = 0  # what a row is filled up with after its end
SUM_TOLERANCE = 1e-3  # half precision may miss a sum of 1 by this much


class Decoded(NamedTuple):
    """What was written. Beam search adds an axis: `(batch, beams, steps)` and `(batch, beams)`, best first.

    Attributes:
        ids: int array `(batch, steps)`, without the start, with the end symbol, then 0.
        lengths: int array `(batch,)`, the number of symbols of each row, the end symbol included.
        log_probabilities: float array `(batch,)`, the sum of log p of these symbols under the model, natural
            logarithm. Padding adds nothing.
    """

    ids: np.ndarray
    lengths: np.ndarray
    log_probabilities: np.ndarray


def greedy_search(next_step, state, start, max_steps, end=None):
    """Writes the likeliest symbol at every step. Of equally likely ones, the lowest id.

    Args:
        next_step: callable `(ids, state) -> (logits, state)`, see this module's text.
        state: the state before the first symbol, every array with the batch as its first axis.
        start: int, or int array `(batch,)`: the first symbol to read. It is not part of what is written.
        max_steps: int, the number of symbols after which to stop.
        end: optional int, the symbol that ends a row. When all rows have ended, so does the search.

    Returns:
        `Decoded(ids, lengths, log_probabilities)`.

    Raises:
        ValueError: if an argument is out of range, or `next_step` returns something else than logits.
    """
    return _write(next_step, state, start, max_steps, end, lambda logits: logits.argmax(axis=-1))


def sample(next_step, state, start, max_steps, end=None, sampler=None, seed=None):
    """Writes symbols drawn at random. Each row has a random stream of its own, so rows are independent.

    Args:
        next_step: callable `(ids, state) -> (logits, state)`, see this module's text.
        state: the state before the first symbol, every array with the batch as its first axis.
        start: int, or int array `(batch,)`: the first symbol to read. It is not part of what is written.
        max_steps: int, the number of symbols after which to stop.
        end: optional int, the symbol that ends a row. When all rows have ended, so does the drawing.
        sampler: callable from logits to probabilities, both `(batch, vocabulary)`: `Temperature`, `TopK`,
            `TopP`, or your own. `Temperature(1.0)` if None.
        seed: optional int, for the draws. Row k draws the same numbers in a batch of any size.

    Returns:
        `Decoded(ids, lengths, log_probabilities)`. The log probabilities are those of the model itself,
        whatever the sampler, so that texts of different samplers can be compared.

    Raises:
        ValueError: if an argument is out of range, or a function returns something else than it should.
    """
    sampler = Temperature(1.0) if sampler is None else sampler
    ids = start_ids(start, state)
    streams = [np.random.default_rng(row) for row in np.random.SeedSequence(seed).spawn(len(ids))]

    def draw(logits):
        probabilities = np.asarray(sampler(logits), "float64")  # (batch, vocabulary)
        if probabilities.shape != logits.shape:
            raise ValueError(
                f"the sampler returned shape {probabilities.shape} for logits of shape {logits.shape}"
            )
        _check_probabilities(probabilities)
        cumulative = np.cumsum(probabilities, axis=-1)  # (batch, vocabulary)
        cumulative /= cumulative[:, -1:]
        uniform = np.array([[stream.random()] for stream in streams])  # (batch, 1), from 0 to below 1
        return np.argmax(cumulative > uniform, axis=-1)  # the first symbol whose share reaches the draw

    return _write(next_step, state, ids, max_steps, end, draw)


def _check_probabilities(probabilities):
    """A sampler may forget to normalise, or give logits back, and a text would come out all the same."""
    sums = probabilities.sum(axis=-1)  # (batch,)
    right = (probabilities >= 0).all(axis=-1) & (np.abs(sums - 1) < SUM_TOLERANCE)  # (batch,); NaN is wrong
    if not right.all():
        row = int(np.argmin(right))
        raise ValueError(
            f"the sampler returned {probabilities[row]} for row {row}, with the sum {sums[row]:.6g}; "
            "expected probabilities, from 0 to 1, that sum to 1"
        )


def _write(next_step, state, start, max_steps, end, choose):
    """The loop of both: `choose` makes ids `(batch,)` of logits `(batch, vocabulary)`."""
    max_steps = check_steps(max_steps, end)
    ids = start_ids(start, state)  # (batch,)
    running = np.ones(len(ids), bool)
    lengths, log_probabilities = np.zeros(len(ids), "int32"), np.zeros(len(ids))
    written = []
    for _ in range(max_steps):
        logits, state = next_step(ids, state)
        logits = checked_logits(logits, len(ids), end)  # (batch, vocabulary)
        chosen = choose(logits)
        ids = np.where(running, chosen, PADDING).astype("int32")
        gained = np.take_along_axis(log_softmax(logits), chosen[:, None], axis=-1)[:, 0]
        log_probabilities += np.where(running, gained, 0.0)
        lengths += running
        written.append(ids)
        if end is not None:
            running &= ids != end
        if not running.any():
            break
    return Decoded(np.stack(written, axis=1), lengths, log_probabilities)


def log_softmax(logits):
    """Turns logits into log probabilities.

    Args:
        logits: array `(..., vocabulary)`; minus infinity where a symbol is impossible.

    Returns:
        Array of the same shape, log p.
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def check_steps(max_steps, end):
    """Checks when a search is to stop.

    Args:
        max_steps: int, the number of symbols after which to stop.
        end: optional int, the symbol that ends a row.

    Returns:
        `max_steps` as an int.

    Raises:
        ValueError: if `max_steps` is no positive integer, or `end` no id.
    """
    if end is not None and (not isinstance(end, numbers.Integral) or isinstance(end, bool) or end < 0):
        raise ValueError(f"end is {end!r}; expected the id of a symbol, or None")
    return check_whole_number("max_steps", max_steps)


def start_ids(start, state):
    """Makes one id for each row of `start`, and checks that the state has as many rows.

    Args:
        start: int, or int array `(batch,)`, the symbol that each row begins with.
        state: nested arrays whose first axis is the batch.

    Returns:
        Int array `(batch,)`.

    Raises:
        ValueError: if `start` is not an id or one id per row, or the state does not fit.
    """
    rows = {tuple(np.shape(leaf))[:1] for leaf in keras.tree.flatten(state) if leaf is not None}
    start = np.asarray(start)
    if start.ndim > 1 or not np.issubdtype(start.dtype, np.integer) or start.size == 0 or start.min() < 0:
        raise ValueError(f"start is {start!r}; expected one id, or int ids of shape (batch,)")
    if start.ndim == 0:
        (batch,) = rows.pop() if len(rows) == 1 and () not in rows else (1,)
        start = np.repeat(start, batch)
    if rows - {start.shape}:
        raise ValueError(
            f"the arrays of the state begin with axes of {sorted(rows | {start.shape})}; "
            f"expected the batch of {len(start)} everywhere"
        )
    return start.astype("int32")


def checked_logits(logits, batch, end):
    """Checks what a `next_step` returned.

    Args:
        logits: array `(batch, vocabulary)`, of any backend.
        batch: int, the number of rows.
        end: optional int, the symbol that ends a row.

    Returns:
        NumPy array `(batch, vocabulary)` in float64.

    Raises:
        ValueError: if the shape is another one, `end` is not among the symbols, a value is NaN or infinity,
            or nothing is possible in a row.
    """
    logits = ops.convert_to_numpy(logits).astype("float64")
    if logits.ndim != 2 or len(logits) != batch:
        raise ValueError(f"next_step returned logits of shape {logits.shape}; expected ({batch}, vocabulary)")
    if end is not None and end >= logits.shape[1]:
        raise ValueError(f"end is {end!r}; the model has ids from 0 to {logits.shape[1] - 1}")
    if not (logits.max(axis=-1) < np.inf).all() or not (logits.max(axis=-1) > -np.inf).all():
        raise ValueError("next_step returned logits with NaN or infinity, or a row with nothing possible")
    return logits
