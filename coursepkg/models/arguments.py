"""What arguments of the models may be."""

import numbers

import numpy as np


def check_sizes(**sizes):
    """Checks sizes.

    Args:
        **sizes: each by the name that its owner knows.

    Raises:
        ValueError: if a size is not a positive integer; it is named.
    """
    for name, size in sizes.items():
        if not isinstance(size, numbers.Integral) or isinstance(size, bool) or size <= 0:
            raise ValueError(f"{name} is {size!r}; expected a positive integer")


def as_ids(name, ids, axes):
    """Makes an array of ids.

    Args:
        name: str, what its owner calls it, for the message.
        ids: int array, of any backend.
        axes: tuple of str, the names of the axes.

    Returns:
        NumPy array in int32.

    Raises:
        ValueError: if it has another number of axes, or holds anything but integers.
    """
    ids = np.asarray(ids)
    if ids.ndim != len(axes):
        expected = f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(axes)})"
        raise ValueError(f"{name} has shape {ids.shape}; expected {expected}")
    if not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"{name} has dtype {ids.dtype}; expected integers, the ids of symbols")
    return ids.astype("int32")
