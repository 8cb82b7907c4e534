"""A language model: it reads symbols and says, after each, what comes next."""

import keras
import numpy as np
from keras import ops

from coursepkg.models.arguments import as_ids, check_sizes
from coursepkg.models.compiled import Compiled
from coursepkg.models.stack import RecurrentStack, cells_from_config, cells_to_config, check_cells


@keras.saving.register_keras_serializable(package="coursepkg")
class LanguageModel(keras.Model):
    """Embedding, recurrent layers, and one logit for each symbol that may come next (Mikolov et al., 2010).

    Id 0 is padding: the model passes over it. Targets are the inputs moved on by one symbol, and 0 where
    there is none; a loss that leaves these out is `coursepkg.training.losses.MaskedCrossEntropy`.

    Args:
        vocabulary_size: int, the number of ids, padding included.
        embedding_size: int, the number of features that stand for a symbol.
        cells: a recurrent cell, or a list of them from the bottom to the top.
        dropout: float, the share of what goes up from layer to layer set to zero while training.
        stateful: bool, whether a batch begins where the one before it ended, row by row. All batches then
            have the same number of rows; `build((batch, None))` says how many, or else the first batch does
            (but JAX wants to know before).
        embeddings_initializer: what `keras.layers.Embedding` begins with. Its own default puts all symbols
            close together; far apart, as with `RandomNormal(stddev=1.0)`, a small network learns sooner.
        **kwargs: `name` and `dtype`, as for any Keras model. The cells must have the same `dtype`.

    Raises:
        ValueError: if a size is not positive, or a cell is missing, there twice or of another dtype.

    Example:

        model = LanguageModel(len(vocabulary), 32, LSTMCell(128))
        model.compile("adam", MaskedCrossEntropy(), metrics=[Perplexity()])
        model.fit(ids[:, :-1], ids[:, 1:])  # (batch, timesteps), int
        state = model.read(prompt[:, :-1])
        text = sample(model.next_step, state, prompt[:, -1], max_steps=200)
    """

    def __init__(
        self,
        vocabulary_size,
        embedding_size,
        cells,
        dropout=0.0,
        stateful=False,
        embeddings_initializer="uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_sizes(vocabulary_size=vocabulary_size, embedding_size=embedding_size)
        self.vocabulary_size, self.embedding_size = vocabulary_size, embedding_size
        self.stateful, self.dropout_rate = stateful, dropout
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.embedding = keras.layers.Embedding(
            vocabulary_size,
            embedding_size,
            self.embeddings_initializer,
            mask_zero=True,
            name="embedding",
            dtype=self.dtype_policy,
        )
        self.recurrent = RecurrentStack(
            check_cells(cells), dropout, stateful=stateful, name="recurrent", dtype=self.dtype_policy
        )
        self.logits = keras.layers.Dense(vocabulary_size, name="logits", dtype=self.dtype_policy)
        self._compiled_read = Compiled(self, self._read)
        self._compiled_step = Compiled(self, self._next_step)
        if not stateful:  # else the number of rows must be known
            self.build((None, None))

    def build(self, input_shape):
        """Creates the weights for inputs of shape `(batch, timesteps)`."""
        if not self.built:
            self.embedding.build(input_shape)
            self.recurrent.build((*input_shape, self.embedding_size))
            self.logits.build((*input_shape, self.recurrent.output_size))

    def call(self, inputs, training=False):
        """Says after each symbol what comes next.

        Args:
            inputs: int tensor `(batch, timesteps)`, ids.
            training: bool, whether dropout acts.

        Returns:
            Logits `(batch, timesteps, vocabulary_size)`.
        """
        mask = self.embedding.compute_mask(inputs)  # (batch, timesteps)
        embedded = self.embedding(inputs)  # (batch, timesteps, embedding_size)
        outputs, _ = self.recurrent(embedded, mask=mask, training=training)  # (batch, timesteps, units)
        return self.logits(outputs)  # (batch, timesteps, vocabulary_size)

    def initial_state(self, batch_size):
        """Returns the state before anything is read: for each layer a list of zeros `(batch, units)`."""
        return keras.tree.map_structure(ops.convert_to_numpy, self.recurrent.initial_state(batch_size))

    def read(self, ids, state=None):
        """Reads the beginning of a text, compiled, without dropout.

        Args:
            ids: int array `(batch, timesteps)`; 0 is passed over.
            state: optional state before the first symbol; zeros if None.

        Returns:
            The state after the last symbol: for each layer a list of arrays `(batch, units)`.
        """
        ids = as_ids("ids", ids, ("batch", "timesteps"))
        state = self.initial_state(len(ids)) if state is None else state
        if self.stateful:  # the layers would go on from, and change, the state that they carry for training
            for column in ids.T:
                state = self._passed_over(column, self.next_step(column, state)[1], state)
            return state
        return self._compiled_read(ids, state) if ids.shape[1] else state

    def next_step(self, ids, state):
        """Reads one symbol and says what comes next, compiled, without dropout.

        Padding is an id like any other here: it is read, and has a logit. Training makes it unlikely, since
        no target that counts is padding; a model that has not been trained may write it.

        Args:
            ids: int array `(batch,)`.
            state: what `initial_state`, `read` or `next_step` returned.

        Returns:
            Tuple `(logits, state)`: array `(batch, vocabulary_size)`, and the state after the symbol.
        """
        return self._compiled_step(as_ids("ids", ids, ("batch",)), state)

    def reset_state(self):
        """Sets the state carried from batch to batch back to zeros. For `stateful=True`."""
        self.recurrent.reset_state()

    def _read(self, ids, state):
        mask = self.embedding.compute_mask(ids)  # (batch, timesteps)
        _, state = self.recurrent(self.embedding(ids), initial_state=state, mask=mask)
        return state

    @staticmethod
    def _passed_over(ids, after, before):
        """The state after a symbol, but in rows where that is padding the state before it."""
        real = (ids > 0)[:, None]  # (batch, 1)
        return keras.tree.map_structure(lambda new, old: np.where(real, new, old), after, before)

    def _next_step(self, ids, state):
        # `call`, because a single step carries no mask.
        outputs, state = self.recurrent.step(self.embedding.call(ids), state)  # (batch, units)
        return self.logits(outputs), state  # (batch, vocabulary_size)

    def get_config(self):
        """Returns the arguments as plain values, from which `from_config` builds the same model."""
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "embedding_size": self.embedding_size,
            "cells": cells_to_config(self.recurrent.cells),
            "dropout": self.dropout_rate,
            "stateful": self.stateful,
            "embeddings_initializer": keras.initializers.serialize(self.embeddings_initializer),
        }

    @classmethod
    def from_config(cls, config):
        """Builds a model from what `get_config` returned."""
        return cls(**{**config, "cells": cells_from_config(config["cells"])})
