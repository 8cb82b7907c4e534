"""Between ids and one-hot rows."""

import numpy as np


def one_hot(ids, size, padding_id=None):
    """Turns ids into rows that are 1 at the id and 0 elsewhere.

    By default every id has its own column, the padding id too, as in `numpy.eye(size)[ids]`: which steps are
    padding is then the mask's business. With `padding_id` the rows of padding are all zero instead, which is
    what `keras.layers.Masking` looks for.

    Args:
        ids: Integer array of any shape `(...)`, values from 0 to `size - 1`.
        size: int, the number of columns: the size of the vocabulary.
        padding_id: int, the id whose rows become all zero, or `None`.

    Returns:
        float32 array of shape `(..., size)`.

    Raises:
        ValueError: If an id is no integer or lies outside `0 ... size - 1`.
    """
    ids = np.asarray(ids)
    if ids.size and not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"ids must be integers, got dtype {ids.dtype}")
    wrong = ids[(ids < 0) | (ids >= size)]
    if wrong.size:
        raise ValueError(f"ids must lie between 0 and size - 1 = {size - 1}, got {int(wrong[0])}")
    encoded = ids[..., None] == np.arange(size)  # (..., size)
    if padding_id is not None:
        encoded &= (ids != padding_id)[..., None]
    return encoded.astype(np.float32)


def from_one_hot(array, padding_id=None):
    """Turns one-hot rows back into ids: the inverse of `one_hot`.

    It reads one-hot rows only. The most probable symbol of a row of probabilities is `array.argmax(axis=-1)`.

    Args:
        array: Array of shape `(..., size)`, each row with a single 1 and 0 elsewhere.
        padding_id: int, the id of an all-zero row, or `None` if there must be none.

    Returns:
        int32 array of shape `(...)`.

    Raises:
        ValueError: If a row is not one-hot.
    """
    array = np.asarray(array)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"one-hot rows have shape (..., size) with a size of 1 or more, got {array.shape}")
    ones = (array == 1).sum(axis=-1)  # (...)
    zeros = (array == 0).sum(axis=-1)
    empty = zeros == array.shape[-1]
    good = (ones == 1) & (zeros == array.shape[-1] - 1)
    if padding_id is not None:
        good |= empty
    if not good.all():
        where = tuple(int(index) for index in np.argwhere(~good)[0])
        what = (
            "is all zero; pass padding_id if that means padding"
            if empty[where]
            else "is not one 1 among zeros"
        )
        raise ValueError(f"the row at {where} {what}: {array[where]}")
    ids = array.argmax(axis=-1).astype(np.int32)
    return ids if padding_id is None else np.where(empty, np.int32(padding_id), ids)
