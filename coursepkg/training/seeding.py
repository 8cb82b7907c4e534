"""One seed for everything that draws random numbers."""

import operator

import keras


def set_seed(seed):
    """Seeds Python, NumPy, Keras and the backend, so that a run can be repeated.

    Two runs with the same seed draw the same initial weights, the same shuffles and the same dropout. They
    need not agree to the last bit: a backend may add the same numbers in another order.

    Args:
        seed: int, from 0 to 2**32 - 1 (the range that NumPy accepts).

    Raises:
        TypeError: `seed` is not an integer.
        ValueError: `seed` is outside the range.
    """
    try:
        value = operator.index(seed)
    except TypeError:
        raise TypeError(f"seed must be an integer, not {seed!r}") from None
    if not 0 <= value < 2**32:
        raise ValueError(f"seed must lie between 0 and 2**32 - 1, not {seed!r}")
    keras.utils.set_random_seed(value)
