"""Beam search: several beginnings of a text are carried on side by side, and the best kept."""

import keras
import numpy as np
from keras import ops

from coursepkg.decoding.arguments import check_number, check_whole_number
from coursepkg.decoding.stepwise import PADDING, Decoded, check_steps, checked_logits, log_softmax, start_ids


def length_normalisation(lengths, length_penalty):
    """What log probabilities are divided by: ((5 + length) / 6) ** length_penalty (Wu et al., 2016, eq. 14).

    Every symbol makes a text less likely, so that without this the best text is a short one.

    Args:
        lengths: int array, the number of symbols, the end symbol included.
        length_penalty: float; 0 divides by 1, and larger values are kinder to long texts.

    Returns:
        Float array of the shape of `lengths`.
    """
    return ((5.0 + np.asarray(lengths)) / 6.0) ** length_penalty


def beam_search(next_step, state, start, max_steps, end=None, beams=4, length_penalty=0.0):
    """Carries on the `beams` best beginnings of every row, and returns all of them, best first.

    Beginnings are ranked by log p / `length_normalisation(length, length_penalty)`. One that has ended keeps
    its place as long as no better one takes it, and is not carried on; the search stops when all have ended.
    With `beams=1` this is greedy search; with as many beams as there are texts it is exact. Of equals, that
    which grew from the better beginning comes first, then that with the lower id.

    Args:
        next_step: callable `(ids, state) -> (logits, state)`, see `coursepkg.decoding.stepwise`. It is called
            with `batch * beams` rows.
        state: the state before the first symbol, every array with the batch as its first axis.
        start: int, or int array `(batch,)`: the first symbol to read. It is not part of what is written.
        max_steps: int, the number of symbols after which to stop.
        end: optional int, the symbol that ends a text.
        beams: int, how many beginnings are kept.
        length_penalty: float, from 0 to 100. Published values lie between 0 and 1; above 100 the long texts'
            scores could not be told apart.

    Returns:
        `Decoded(ids, lengths, log_probabilities)` of shapes `(batch, beams, steps)`, `(batch, beams)` and
        `(batch, beams)`. The log probabilities are not divided by anything. Where there are fewer texts than
        beams, the last have length 0 and log probability -inf.

    Raises:
        ValueError: if an argument is out of range, or `next_step` returns something else than logits.
    """
    max_steps = check_steps(max_steps, end)
    beams = check_whole_number("beams", beams)
    length_penalty = check_number(
        "length_penalty", length_penalty, lambda value: 0 <= value <= 100, "a number from 0 to 100"
    )
    ids = start_ids(start, state)  # (batch,)
    batch = len(ids)
    rows = np.arange(batch)[:, None]  # (batch, 1)
    ids = np.repeat(ids, beams)  # (batch * beams,)
    state = _take(state, np.repeat(np.arange(batch), beams))
    # All beams begin alike; were more than one of them possible, all would stay alike.
    log_probabilities = np.where(np.arange(beams) == 0, 0.0, -np.inf) + np.zeros((batch, 1))  # (batch, beams)
    lengths = np.zeros((batch, beams), "int32")
    running = np.ones((batch, beams), bool)
    written = np.zeros((batch, beams, 0), "int32")  # (batch, beams, steps)

    for _ in range(max_steps):
        logits, state = next_step(ids, state)
        logits = checked_logits(logits, batch * beams, end)
        vocabulary = logits.shape[-1]
        gained = log_softmax(logits).reshape(batch, beams, vocabulary)
        # What has ended goes on in one way only: with padding, at no cost.
        only_padding = np.where(np.arange(vocabulary) == PADDING, 0.0, -np.inf)  # (vocabulary,)
        gained = np.where(running[..., None], gained, only_padding)
        candidates = log_probabilities[..., None] + gained  # (batch, beams, vocabulary)
        candidate_lengths = (lengths + running)[..., None]  # (batch, beams, 1)
        scores = candidates / length_normalisation(candidate_lengths, length_penalty)

        # A stable sort: of equals, the first of the list comes first.
        order = np.argsort(-scores.reshape(batch, -1), axis=-1, kind="stable")[:, :beams]  # (batch, beams)
        parents, chosen = np.divmod(order, vocabulary)  # from which beam, by which symbol
        log_probabilities = candidates[rows, parents, chosen]  # (batch, beams)
        lengths = (lengths + running)[rows, parents]
        running = running[rows, parents]
        written = np.concatenate([written[rows, parents], chosen[..., None]], axis=-1)
        ids = chosen.reshape(-1).astype("int32")  # (batch * beams,)
        state = _take(state, (rows * beams + parents).reshape(-1))
        if end is not None:
            running &= chosen != end
        running &= log_probabilities > -np.inf
        if not running.any():
            break

    possible = log_probabilities > -np.inf
    written = np.where(possible[..., None], written, PADDING).astype("int32")
    return Decoded(written, np.where(possible, lengths, 0).astype("int32"), log_probabilities)


def _take(state, rows):
    """Reorders every array of a state along the batch."""

    def take(leaf):
        if leaf is None:
            return None
        return leaf[rows] if isinstance(leaf, np.ndarray) else ops.take(leaf, rows, axis=0)

    return keras.tree.map_structure(take, state)
