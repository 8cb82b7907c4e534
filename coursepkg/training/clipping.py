"""Gradient clipping by global norm, and the norm itself."""

from keras import ops


def global_norm(gradients):
    """Length of all gradients together, as if they were laid end to end in one long vector.

    Args:
        gradients: list of tensors of any shapes.

    Returns:
        Scalar tensor: the square root of the sum of all squared entries.

    Raises:
        ValueError: the list is empty.
    """
    gradients = list(gradients)
    if not gradients:
        raise ValueError("global_norm needs at least one gradient, and the list is empty")
    return ops.sqrt(sum(ops.sum(ops.square(gradient)) for gradient in gradients))


def clip_by_global_norm(gradients, max_norm):
    """Shortens all gradients by one common factor if together they are longer than `max_norm`.

    One factor for all of them keeps the direction of the step (Pascanu et al. 2013, algorithm 1). A Keras
    optimizer does the same before each update when it is built with `global_clipnorm=max_norm`; this function
    returns the norm as well, for custom training steps and for looking.

    Args:
        gradients: list of tensors of any shapes.
        max_norm: float, the largest global norm that passes unchanged.

    Returns:
        Tuple `(clipped, norm)`: a list of tensors with the shapes of `gradients`, and the global norm before
        clipping. After clipping the norm is the smaller of `norm` and `max_norm`.

    Raises:
        ValueError: `max_norm` is not positive, or there are no gradients.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be positive, not {max_norm!r}")
    gradients = list(gradients)
    norm = global_norm(gradients)
    # max_norm / max(norm, max_norm) is 1 for short gradients and never divides by zero.
    factor = max_norm / ops.maximum(norm, max_norm)
    return [gradient * ops.cast(factor, gradient.dtype) for gradient in gradients], norm
