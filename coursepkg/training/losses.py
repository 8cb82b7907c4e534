"""Losses and metrics of padded batches: what is padding counts nowhere, also not in what one divides by.

The target decides what counts, not the mask of the inputs: the two differ at the end of every row.
"""

import keras
from keras import ops


def surprise(targets, logits, weights):
    """The surprise at every symbol that counts, -log p(symbol).

    A padded step may say anything, also that padding is impossible (minus infinity) or that nothing is known
    (NaN), and padding need not be an id of the vocabulary. Infinity times a weight of 0 would be NaN, so the
    surprise there is 0 itself.

    Args:
        targets: int tensor `(batch, timesteps)`.
        logits: tensor `(batch, timesteps, vocabulary)`.
        weights: float tensor `(batch, timesteps)`, 0 where a symbol does not count.

    Returns:
        Float32 tensor `(batch, timesteps)`, in nats.
    """
    counts = ops.not_equal(weights, 0.0)  # (batch, timesteps)
    targets = ops.where(counts, ops.cast(targets, "int32"), 0)
    logits = ops.cast(logits, "float32")  # half precision has too few digits for a sum of exponentials
    logits = ops.where(
        counts[..., None], logits, 0.0
    )  # here, so that gradients too are free of what was there
    nats = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)  # (batch, timesteps)
    return ops.where(counts, nats, 0.0)


def real_steps(targets, padding_id, sample_weight=None):
    """How much every symbol counts: 0 if it is padding, else 1, or its weight.

    Args:
        targets: int tensor `(batch, timesteps)`.
        padding_id: int.
        sample_weight: optional tensor `(batch,)` or `(batch, timesteps)`.

    Returns:
        Float32 tensor `(batch, timesteps)`.
    """
    weights = ops.cast(ops.not_equal(ops.cast(targets, "int32"), padding_id), "float32")
    if sample_weight is None:
        return weights
    sample_weight = ops.cast(sample_weight, "float32")
    if len(sample_weight.shape) < len(weights.shape):
        sample_weight = sample_weight[:, None]  # (batch, 1)
    return weights * sample_weight


@keras.saving.register_keras_serializable(package="coursepkg")
class MaskedCrossEntropy(keras.losses.Loss):
    """Mean surprise at the true symbols: sum of -log p over the symbols that are not padding / their number.

    Targets are ids `(batch, timesteps)`, predictions are logits `(batch, timesteps, vocabulary)`. A batch of
    padding alone has loss 0.

    Args:
        padding_id: int, the id that does not count. It need not be an id of the vocabulary.
        name: str.
        **kwargs: `dtype`, as for any Keras loss. `reduction` is always this mean.

    Raises:
        ValueError: if another `reduction` is asked for.
    """

    def __init__(self, padding_id=0, name="masked_cross_entropy", **kwargs):
        super().__init__(name=name, **kwargs)
        if self.reduction != "sum_over_batch_size":  # Keras's name for a mean
            raise ValueError(
                f"reduction is {self.reduction!r}; this loss is always the mean over the symbols that count"
            )
        self.padding_id = padding_id

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Returns the loss, a scalar in nats per symbol."""
        weights = real_steps(y_true, self.padding_id, sample_weight)  # (batch, timesteps)
        nats = surprise(y_true, y_pred, weights)  # (batch, timesteps)
        return ops.divide_no_nan(ops.sum(weights * nats), ops.sum(weights))

    def get_config(self):
        """Returns the arguments as plain values."""
        return {**super().get_config(), "padding_id": self.padding_id}


@keras.saving.register_keras_serializable(package="coursepkg")
class Perplexity(keras.metrics.Mean):
    """exp of the mean surprise at the real symbols of all batches so far.

    It is not the exp of `fit`'s loss, nor the mean over batches: long and short batches count by their
    symbols. Guessing evenly among V symbols has perplexity V.

    Args:
        padding_id: int, the id that does not count.
        name: str.
        **kwargs: as for any Keras metric.
    """

    def __init__(self, padding_id=0, name="perplexity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.padding_id = padding_id

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch of ids `(batch, timesteps)` and logits `(batch, timesteps, vocabulary)`."""
        weights = real_steps(y_true, self.padding_id, sample_weight)  # (batch, timesteps)
        super().update_state(surprise(y_true, y_pred, weights), weights)

    def result(self):
        """Returns the perplexity, a scalar."""
        return ops.exp(super().result())

    def get_config(self):
        """Returns the arguments as plain values."""
        return {**super().get_config(), "padding_id": self.padding_id}


@keras.saving.register_keras_serializable(package="coursepkg")
class MaskedAccuracy(keras.metrics.Mean):
    """The share of real symbols to which the model gives the highest logit.

    Args:
        padding_id: int, the id that does not count.
        name: str.
        **kwargs: as for any Keras metric.
    """

    def __init__(self, padding_id=0, name="accuracy", **kwargs):
        super().__init__(name=name, **kwargs)
        self.padding_id = padding_id

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch of ids `(batch, timesteps)` and logits `(batch, timesteps, vocabulary)`."""
        right = ops.equal(ops.cast(y_true, "int32"), ops.cast(ops.argmax(y_pred, axis=-1), "int32"))
        super().update_state(ops.cast(right, "float32"), real_steps(y_true, self.padding_id, sample_weight))

    def get_config(self):
        """Returns the arguments as plain values."""
        return {**super().get_config(), "padding_id": self.padding_id}
