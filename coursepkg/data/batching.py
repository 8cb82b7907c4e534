"""Batches of sequences that differ in length."""

from typing import NamedTuple

import numpy as np

from coursepkg.data.masks import mask_from_lengths


class Batch(NamedTuple):
    """A padded batch: `indices` (batch,), `padded` (batch, timesteps, ...) and `mask` (batch, timesteps)."""

    indices: np.ndarray
    padded: np.ndarray
    mask: np.ndarray


def bucket_batches(sequences, batch_size, seed=0, padding_value=0):
    """Groups sequences of similar length into batches, padded at the end to the longest of each batch.

    Sequences are sorted by length, with ties in random order, and cut into batches; the batches come in
    random order. All have `batch_size` rows, but for one that holds the remainder and is cut where it saves
    most padding. No other way to make batches of these sizes pads less. Give another seed for each epoch.

    Args:
        sequences: Sequence of arrays, all of shape `(timesteps,)` or all of `(timesteps, features)`; the
            number of steps may differ, and is 1 or more.
        batch_size: int, rows of a batch.
        seed: int, decides the order of the batches and of sequences of equal length.
        padding_value: Number to fill with.

    Returns:
        Iterator of `Batch(indices, padded, mask)`: which sequences these are, shape `(batch,)`; the rows,
        `(batch, timesteps)` or `(batch, timesteps, features)`; and a bool `(batch, timesteps)`, `True` where
        a step is real.

    Raises:
        ValueError: If there is no sequence, one is empty, or their shapes do not fit together.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be 1 or more, got {batch_size}")
    arrays = [np.asarray(sequence) for sequence in sequences]
    _check_sequences(arrays)
    return _batches(arrays, batch_size, np.random.default_rng(seed), padding_value)


def padding_share(masks):
    """The share of padded steps: how much of the work on a batch, or on several, is for nothing.

    Args:
        masks: A bool array `(batch, timesteps)`, `True` where real, or an iterable of such arrays.

    Returns:
        float between 0 (no padding) and 1.

    Raises:
        ValueError: If there is no step at all.
    """
    masks = [masks] if isinstance(masks, np.ndarray) else [np.asarray(mask) for mask in masks]
    steps = sum(mask.size for mask in masks)
    if not steps:
        raise ValueError("padding_share needs at least one step, got none")
    return 1.0 - sum(int(mask.sum()) for mask in masks) / steps


def _batches(arrays, batch_size, generator, padding_value):
    lengths = np.array([len(array) for array in arrays])
    shuffled = generator.permutation(len(arrays))
    order = shuffled[np.argsort(lengths[shuffled], kind="stable")]  # by length, ties stay shuffled
    groups = _cut(order, lengths, batch_size)
    dtype = np.result_type(np.concatenate([array[:0] for array in arrays]), padding_value)
    for number in generator.permutation(len(groups)):
        indices = groups[number]
        mask = mask_from_lengths(lengths[indices])  # (batch, timesteps)
        padded = np.full(mask.shape + arrays[0].shape[1:], padding_value, dtype=dtype)
        padded[mask] = np.concatenate([arrays[index] for index in indices])  # real steps, row after row
        yield Batch(indices, padded, mask)


def _cut(order, lengths, batch_size):
    """Cuts the sorted indices into batches, the smaller one where the padded total is least."""
    full, rest = divmod(len(order), batch_size)
    before = full  # full batches of shorter sequences than those of the smaller batch
    if rest and full:
        # The last of a batch is its longest, so it decides the width of the batch.
        ordered = lengths[order]
        widths_before = ordered[batch_size - 1 :: batch_size]  # (full,)
        widths_after = ordered[rest + batch_size - 1 :: batch_size]  # (full,)
        steps_before = np.concatenate([[0], np.cumsum(widths_before)])  # (full + 1,)
        steps_after = np.concatenate([np.cumsum(widths_after[::-1])[::-1], [0]])
        widths_smaller = ordered[rest - 1 :: batch_size]  # (full + 1,)
        before = int(np.argmin(batch_size * (steps_before + steps_after) + rest * widths_smaller))
    middle = before * batch_size
    starts = [*range(batch_size, middle + 1, batch_size), *range(middle + rest, len(order), batch_size)]
    return np.split(order, sorted(set(starts) - {0, len(order)}))


def _check_sequences(arrays):
    if not arrays:
        raise ValueError("bucket_batches needs at least one sequence, got none")
    for index, array in enumerate(arrays):
        if array.ndim not in (1, 2):
            raise ValueError(
                f"sequence {index} must have shape (timesteps,) or (timesteps, features), got {array.shape}"
            )
        if len(array) == 0:
            raise ValueError(f"sequence {index} is empty; leave it out or give it one symbol")
        if array.shape[1:] != arrays[0].shape[1:]:
            raise ValueError(
                f"all sequences need the same features: sequence {index} has shape {array.shape}, "
                f"sequence 0 has {arrays[0].shape}"
            )
