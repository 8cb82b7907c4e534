"""The past of a series in, its next steps out."""

import keras
from keras import ops

from coursepkg.models.arguments import check_sizes
from coursepkg.models.stack import RecurrentStack, cells_from_config, cells_to_config, check_cells

STRATEGIES = ("direct", "recursive")


@keras.saving.register_keras_serializable(package="coursepkg")
class Forecaster(keras.Model):
    """Forecasts several steps, all at once or one after the other.

    `strategy="direct"`: the state after the last known step is turned into all `horizon` steps at once.

    `strategy="recursive"`: the model knows one step ahead. Its forecast is read as if it had been observed,
    and the next step forecast from there, and so on. Given the history alone, for prediction or training, it
    reads its own forecasts (free running). Given history and future, it reads the true values up to the step
    before the one it forecasts (teacher forcing); the last true value is never read.

    Args:
        horizon: int, the number of steps to forecast.
        cells: a recurrent cell, or a list of them from the bottom to the top.
        strategy: `"direct"` or `"recursive"`.
        features: int, the number of series to forecast. A recursive model reads what it forecasts, so for it
            the history has as many features; for a direct model it may have more.
        dropout: float, the share of what goes up from layer to layer set to zero while training. Not where a
            recursive model reads its own forecasts.
        **kwargs: `name` and `dtype`, as for any Keras model. The cells must have the same `dtype`.

    Raises:
        ValueError: if a size is not positive, the strategy is neither of the two, a cell is missing, there
            twice or of another dtype, or inputs do not fit.

    Example:

        model = Forecaster(12, LSTMCell(32), strategy="recursive")
        model.compile("adam", "mse")
        model.fit([history, future], future)  # (batch, timesteps, features) and (batch, horizon, features)
        forecasts = model.predict(history)  # (batch, horizon, features)
    """

    def __init__(self, horizon, cells, strategy="direct", features=1, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        check_sizes(horizon=horizon, features=features)
        if strategy not in STRATEGIES:
            raise ValueError(f"strategy is {strategy!r}; expected 'direct' or 'recursive'")
        self.horizon, self.strategy, self.features, self.dropout_rate = horizon, strategy, features, dropout
        self.recurrent = RecurrentStack(
            check_cells(cells), dropout, name="recurrent", dtype=self.dtype_policy
        )
        steps_at_once = horizon if strategy == "direct" else 1
        self.forecast = keras.layers.Dense(steps_at_once * features, name="forecast", dtype=self.dtype_policy)

    def build(self, input_shape):
        """Creates the weights for a history `(batch, timesteps, features)`, with or without the future."""
        if self.built:
            return
        if isinstance(input_shape[0], list | tuple):  # history and future
            input_shape = input_shape[0]
        if len(input_shape) != 3:
            raise ValueError(
                f"the history has shape {tuple(input_shape)}; expected (batch, timesteps, features), "
                "which for a single series is history[..., None]"
            )
        if self.strategy == "recursive" and input_shape[-1] != self.features:
            raise ValueError(
                f"the history has {input_shape[-1]} features and {self.features} are forecast; "
                "a recursive model reads its own forecasts, so the two must be equal"
            )
        self.recurrent.build(input_shape)
        self.forecast.build((input_shape[0], self.recurrent.output_size))

    def call(self, inputs, training=False):
        """Forecasts.

        Args:
            inputs: history, a tensor `(batch, timesteps, features)`; or, for a recursive model that is
                taught, a list of history and future `(batch, horizon, features)`.
            training: bool, whether dropout acts.

        Returns:
            Tensor `(batch, horizon, features)`.
        """
        if isinstance(inputs, list | tuple):
            return self._taught(*inputs, training=training)
        outputs, states = self.recurrent(inputs, training=training)  # (batch, timesteps, units)
        forecast = self.forecast(outputs[:, -1])
        if self.strategy == "direct":
            return ops.reshape(forecast, (-1, self.horizon, self.features))
        forecasts = [forecast]  # of (batch, features)
        while len(forecasts) < self.horizon:
            hidden, states = self.recurrent.step(forecasts[-1], states)  # (batch, units)
            forecasts.append(self.forecast(hidden))
        return ops.stack(forecasts, axis=1)  # (batch, horizon, features)

    def _taught(self, history, future, training):
        """What is read is known beforehand, so one pass over history and future does all steps."""
        if self.strategy == "direct":
            raise ValueError("a direct model reads no future; give it the history alone")
        if tuple(future.shape[1:]) != (self.horizon, self.features):
            raise ValueError(
                f"the future has shape {tuple(future.shape)}; expected (batch, horizon, features) with "
                f"{self.horizon} steps and {self.features} features"
            )
        known = ops.concatenate(
            [history, future[:, :-1]], axis=1
        )  # (batch, timesteps + horizon - 1, features)
        outputs, _ = self.recurrent(known, training=training)  # (batch, timesteps + horizon - 1, units)
        return self.forecast(outputs[:, -self.horizon :])  # (batch, horizon, features)

    def get_config(self):
        """Returns the arguments as plain values, from which `from_config` builds the same model."""
        return {
            **super().get_config(),
            "horizon": self.horizon,
            "cells": cells_to_config(self.recurrent.cells),
            "strategy": self.strategy,
            "features": self.features,
            "dropout": self.dropout_rate,
        }

    @classmethod
    def from_config(cls, config):
        """Builds a model from what `get_config` returned."""
        return cls(**{**config, "cells": cells_from_config(config["cells"])})
