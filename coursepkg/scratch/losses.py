"""Softmax and cross-entropy, with the gradient that backpropagation starts from."""

import numpy as np


def softmax(logits):
    """Turns scores into probabilities along the last axis.

    Args:
        logits: array `(..., classes)` of any real numbers.

    Returns:
        Array of the same shape; positive, and each row sums to 1.
    """
    shifted = logits - np.max(logits, axis=-1, keepdims=True)  # the same result, and exp cannot overflow
    exponentials = np.exp(shifted)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def softmax_cross_entropy(logits, ids, mask=None):
    """Mean surprise at the true ids, and its gradient by the logits.

    Args:
        logits: array `(..., classes)`, for example `(batch, timesteps, classes)`.
        ids: int array `(...)`, the true class of every prediction.
        mask: optional bool array `(...)`. Predictions where it is False count neither in the loss nor in the
            gradient, nor in the number that the mean divides by.

    Returns:
        Tuple `(loss, gradient)`: the mean of -log p(true id) in nats, a float, and an array of the shape of
        `logits`. The gradient is (probabilities - one-hot of the true id) / number of predictions that count.

    Raises:
        ValueError: if the shapes do not fit, an id is no class, or the mask hides everything.
    """
    logits, ids = np.asarray(logits), np.asarray(ids)
    if ids.shape != logits.shape[:-1]:
        raise ValueError(f"ids has shape {ids.shape}; expected one id per row of logits, {logits.shape[:-1]}")
    classes = logits.shape[-1]
    if ids.size and (ids.min() < 0 or ids.max() >= classes):
        raise ValueError(
            f"ids run from {ids.min()} to {ids.max()}; with {classes} classes, 0 to {classes - 1}"
        )
    weights = np.ones(ids.shape) if mask is None else np.asarray(mask, dtype=float)
    if weights.shape != ids.shape:
        raise ValueError(f"mask has shape {weights.shape}; expected that of ids, {ids.shape}")
    count = weights.sum()
    if count == 0:
        raise ValueError("the mask hides every prediction, so there is no loss to take the mean of")

    weights = (weights / count).astype(logits.dtype)[..., None]  # (..., 1)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  # (..., classes)
    true_class = np.arange(classes) == ids[..., None]  # one-hot, (..., classes)
    loss = -np.sum(weights * true_class * log_probabilities)
    gradient = weights * (np.exp(log_probabilities) - true_class)
    return float(loss), gradient
