"""Check gradients numerically, measure their length, and keep them from exploding."""

import numpy as np


def numerical_gradient(function, array, step=1e-5):
    """Gradient by central differences: slow, and right whatever the function.

    Each entry is moved up and down by `step`, and the slope between the two values is the derivative, with an
    error of the order of `step` squared. The arithmetic is float64, since float32 would drown it in rounding.

    Args:
        function: callable from an array of the shape of `array` to a number.
        array: array of any shape, the point at which to differentiate. It is copied and left as it is.
        step: float, how far each entry is moved.

    Returns:
        Float64 array of the shape of `array`.

    Raises:
        ValueError: if `function` returns something other than a single number.
    """
    moved = np.array(array, dtype=np.float64)
    gradient = np.zeros_like(moved)
    for index in np.ndindex(moved.shape):
        original = moved[index]
        moved[index] = original + step
        above = _as_number(function(moved))
        moved[index] = original - step
        below = _as_number(function(moved))
        moved[index] = original
        gradient[index] = (above - below) / (2 * step)
    return gradient


def global_norm(gradients):
    """Length of all gradients laid end to end as one long vector.

    Args:
        gradients: dict or list of arrays.

    Returns:
        Float, the square root of the sum of all squared entries.
    """
    arrays = gradients.values() if isinstance(gradients, dict) else gradients
    return float(np.sqrt(sum(np.sum(np.square(array, dtype=np.float64)) for array in arrays)))


def clip_by_global_norm(gradients, max_norm):
    """Shortens the gradient to length `max_norm` if it is longer (Pascanu et al., 2013, algorithm 1).

    All arrays are scaled by the same number, so the direction stays. Clipping each by itself would turn it.

    Args:
        gradients: dict or list of arrays.
        max_norm: float, the longest allowed global norm.

    Returns:
        Tuple `(clipped, norm)`: gradients of the same kind (dict or list), and the norm before clipping.

    Raises:
        ValueError: if `max_norm` is not positive.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm is {max_norm!r}; a length to shorten to is positive")
    norm = global_norm(gradients)
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    if isinstance(gradients, dict):
        return {name: array * scale for name, array in gradients.items()}, norm
    return [array * scale for array in gradients], norm


def _as_number(value):
    """Returns `value` as a float, or says that the function is not scalar."""
    if np.size(value) != 1:
        raise ValueError(
            f"function returned an array of shape {np.shape(value)}; a gradient needs a single number"
        )
    return float(np.reshape(value, ()))
