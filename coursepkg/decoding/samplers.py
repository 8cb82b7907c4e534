"""Which symbols may be drawn, and how likely: from logits to probabilities."""

import numpy as np

from coursepkg.decoding.arguments import check_number, check_whole_number

ROUNDING = 1e-12  # more than a sum of probabilities loses, less than any that matters


class Temperature:
    """Probabilities softmax(logits / temperature).

    Below 1 the likely symbols become likelier still, above 1 all become more alike; 1 is the model itself.

    Args:
        temperature: float, positive.

    Raises:
        ValueError: if `temperature` is not positive.
    """

    def __init__(self, temperature=1.0):
        self.temperature = check_number(
            "temperature", temperature, lambda value: 0 < value < np.inf, "a positive number"
        )

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
        self.k = check_whole_number("k", k)

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
        self.p = check_number("p", p, lambda value: 0 < value <= 1, "a share above 0 and at most 1")

    def __call__(self, logits):
        """Turns logits `(batch, vocabulary)` into probabilities `(batch, vocabulary)`, in float64."""
        probabilities = super().__call__(logits)
        order = np.argsort(-probabilities, axis=-1, kind="stable")  # (batch, vocabulary), likeliest first
        falling = np.take_along_axis(probabilities, order, axis=-1)
        mass_before = np.roll(np.cumsum(falling, axis=-1), 1, axis=-1)  # of all likelier symbols
        mass_before[..., 0] = 0.0
        # 0.7 + 0.2 is a little less than 0.9 in a computer, and reaches a p of 0.9 all the same.
        return _renormalised(probabilities, order, (mass_before < self.p - ROUNDING) | (self.p == 1))


def _renormalised(probabilities, order, keep):
    """Sets to zero what is not kept (`keep` goes in the order of `order`), and makes the rest sum to 1."""
    kept = np.zeros(probabilities.shape, bool)
    np.put_along_axis(kept, order, keep, axis=-1)
    weights = np.where(kept, probabilities, 0.0)
    return weights / weights.sum(axis=-1, keepdims=True)
