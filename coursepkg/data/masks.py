"""Masks: which steps of a padded batch are real."""

import numpy as np


def mask_from_lengths(lengths, timesteps=None):
    """Marks the real steps of sequences that are padded at the end.

    Args:
        lengths: Integers, shape `(batch,)`: the number of real steps of each sequence.
        timesteps: int, the width of the padded batch, or `None` for the longest length.

    Returns:
        bool array of shape `(batch, timesteps)`, `True` where a step is real (the convention of Keras).

    Raises:
        ValueError: If the lengths are not whole numbers from 0 to `timesteps`.
    """
    lengths = np.asarray(lengths)
    if lengths.ndim != 1 or (lengths.size and not np.issubdtype(lengths.dtype, np.integer)):
        raise ValueError(
            f"lengths must be integers of shape (batch,), got shape {lengths.shape} of {lengths.dtype}"
        )
    if (lengths < 0).any():
        raise ValueError(f"a length cannot be negative, got {int(lengths.min())}")
    longest = int(lengths.max(initial=0))
    if timesteps is None:
        timesteps = longest
    if longest > timesteps:
        raise ValueError(f"a sequence of {longest} steps does not fit in timesteps={timesteps}")
    return np.arange(timesteps) < lengths[:, None]  # (batch, timesteps)


def lengths_from_mask(mask):
    """Counts the real steps of each row: the inverse of `mask_from_lengths`.

    Args:
        mask: bool array of shape `(batch, timesteps)`, in each row first the real steps, then the padding.

    Returns:
        int32 array of shape `(batch,)`.

    Raises:
        ValueError: If the mask is not boolean or a real step follows a padded one.
    """
    mask = np.asarray(mask)
    if mask.ndim != 2 or mask.dtype != bool:
        raise ValueError(
            f"a mask is boolean of shape (batch, timesteps), got shape {mask.shape} of {mask.dtype}"
        )
    starts_again = mask[:, 1:] & ~mask[:, :-1]  # (batch, timesteps - 1): real after padded
    if starts_again.any():
        row = int(np.argwhere(starts_again)[0, 0])
        raise ValueError(
            f"row {row} of the mask has a real step after a padded one; "
            "lengths describe padding at the end only (was this batch padded at the front?)"
        )
    return mask.sum(axis=1).astype(np.int32)
