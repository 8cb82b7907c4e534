"""Which symbols may be drawn, and how likely: from logits to probabilities."""

import numpy as np


class Temperature:
    """Probabilities softmax(logits / temperature).

    Below 1 the likely symbols become likelier still, above 1 all become more alike; 1 is the model itself.

    Args:
        temperature: float, positive.

    Raises:
        ValueError: if `temperature` is not positive.
    """

    def __init__(self, temperature=1.0):
        if not 0 < temperature < np.inf:
            raise ValueError(f"temperature is {temperature!r}; expected a positive number")
        self.temperature = temperature

    def __call__(self, logits):
        """Turns logits `(batch, vocabulary)` into probabilities `(batch, vocabulary)`, in float64."""
        logits = np.asarray(logits, "float64")
        shifted = (logits - logits.max(axis=-1, keepdims=True)) / self.temperature  # exp cannot overflow
        weights = np.exp(shifted)
        return weights / weights.sum(axis=-1, keepdims=True)


class TopK(Temperature):
    """Draws among the k likeliest symbols only (Fan et al., 2018). Of equals, the lower id is kept.

    Args:
        k: int, how many symbols stay; all, if there are no more than k.
        temperature: float, positive.

    Raises:
        ValueError: if `k` is not a positive integer or `temperature` is not positive.
    """

    def __init__(self, k, temperature=1.0):
        super().__init__(temperature)
        if k != int(k) or k < 1:
            raise ValueError(f"k is {k!r}; expected a positive integer")
        self.k = int(k)

    def __call__(self, logits):
        """Turns logits `(batch, vocabulary)` into probabilities `(batch, vocabulary)`, in float64."""
        probabilities = super().__call__(logits)
        order = np.argsort(-probabilities, axis=-1, kind="stable")  # (batch, vocabulary), likeliest first
        keep = np.arange(probabilities.shape[-1]) < self.k  # (vocabulary,)
        return _renormalised(probabilities, order, np.broadcast_to(keep, order.shape))


class TopP(Temperature):
    """Draws among the fewest symbols whose probabilities sum to p (the nucleus of Holtzman et al., 2020).

    The symbol that carries the sum over p is kept, so one is always left. The temperature acts first.

    Args:
        p: float, above 0 and at most 1.
        temperature: float, positive.

    Raises:
        ValueError: if `p` or `temperature` is out of range.
    """

    def __init__(self, p, temperature=1.0):
        super().__init__(temperature)
        if not 0 < p <= 1:
            raise ValueError(f"p is {p!r}; expected a share above 0 and at most 1")
        self.p = p

    def __call__(self, logits):
        """Turns logits `(batch, vocabulary)` into probabilities `(batch, vocabulary)`, in float64."""
        probabilities = super().__call__(logits)
        order = np.argsort(-probabilities, axis=-1, kind="stable")  # (batch, vocabulary), likeliest first
        falling = np.take_along_axis(probabilities, order, axis=-1)
        mass_before = np.cumsum(falling, axis=-1) - falling  # of all likelier symbols
        return _renormalised(probabilities, order, (mass_before < self.p) | (self.p == 1))


def _renormalised(probabilities, order, keep):
    """Sets to zero what is not kept (`keep` goes in the order of `order`), and makes the rest sum to 1."""
    kept = np.zeros(probabilities.shape, bool)
    np.put_along_axis(kept, order, keep, axis=-1)
    weights = np.where(kept, probabilities, 0.0)
    return weights / weights.sum(axis=-1, keepdims=True)
