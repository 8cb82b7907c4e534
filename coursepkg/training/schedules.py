"""How the learning rate changes while a model trains."""

import keras


def warmup_cosine(peak, total_steps, warmup_steps=0, final=0.0):
    """A learning rate that rises in a straight line to its peak and falls along half a cosine.

    At first the weights are random and the optimizer's averages are empty, so its steps are kept short; at
    the end the steps shrink, so that the noise of the batches averages out (Loshchilov & Hutter, 2017).

    With w warm-up steps, update k = 0, 1, ... is made with `peak * (k + 1) / (w + 1)` until k = w, and from
    there with `final + (peak - final) * (1 + cos(pi * (k - w) / (total_steps - w))) / 2`. After `total_steps`
    the rate stays at `final`.

    Args:
        peak: float, the largest learning rate.
        total_steps: int, the number of updates of the whole run: batches in an epoch times epochs.
        warmup_steps: int, the number of updates before the peak.
        final: float, the learning rate at the end.

    Returns:
        `keras.optimizers.schedules.CosineDecay`, to be given to an optimizer as `learning_rate`. It is saved
        and loaded with the model.

    Raises:
        ValueError: if `peak` is not positive, `final` does not lie between 0 and `peak`, or the warm-up does
            not end before the run does.
    """
    if not peak > 0:
        raise ValueError(f"peak is {peak!r}; expected a positive learning rate")
    if not 0 <= final <= peak:
        raise ValueError(f"final is {final!r}; expected a learning rate from 0 to the peak, {peak!r}")
    if not 0 <= warmup_steps < total_steps:
        raise ValueError(
            f"warmup_steps is {warmup_steps!r}; expected from 0 to less than total_steps, {total_steps!r}"
        )
    if warmup_steps == 0:
        return keras.optimizers.schedules.CosineDecay(peak, total_steps, alpha=final / peak)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=peak / (warmup_steps + 1),  # not 0, which would waste the first batch
        decay_steps=total_steps - warmup_steps,
        alpha=final / peak,
        warmup_target=peak,
        warmup_steps=warmup_steps,
    )
