"""Sequence to sequence: one recurrent network reads, its state is handed over, another one writes."""

import numbers

import keras
import numpy as np
from keras import ops

from coursepkg.models.arguments import as_ids, check_sizes
from coursepkg.models.compiled import Compiled
from coursepkg.models.stack import RecurrentStack, cells_from_config, cells_to_config, check_cells


def shift_right(targets, start):
    """The inputs of a decoder that is taught with the true symbols (teacher forcing).

    At step t the decoder reads the true symbol of step t - 1, and `start` at the first step.

    Args:
        targets: int array `(batch, timesteps)`, what the decoder should write, padded at the end with 0.
        start: int, the id that says "begin". It is not 0: what is padding is passed over.

    Returns:
        Int array `(batch, timesteps)`: `start`, then `targets` without its last column.

    Raises:
        ValueError: if `targets` has another number of axes or is not of integers, or `start` is not a
            positive one.
    """
    targets = np.asarray(targets)
    as_ids("targets", targets, ("batch", "timesteps"))
    if not isinstance(start, numbers.Integral) or isinstance(start, bool) or start <= 0:
        raise ValueError(f"start is {start!r}; expected a positive id (0 is padding, and passed over)")
    shifted = np.full_like(targets, start)
    shifted[:, 1:] = targets[:, :-1]
    return shifted


@keras.saving.register_keras_serializable(package="coursepkg")
class EncoderDecoder(keras.Model):
    """An encoder reads the source; a decoder begins with its state and writes (Sutskever et al., 2014).

    If the states of encoder and decoder have the same sizes, layer by layer, they are handed over as they
    are. If not (other sizes, another number of layers or states, an encoder that reads in both directions),
    each state of the decoder is tanh(c W + b), where c is all states of the encoder side by side (Cho et
    al., 2014).

    Id 0 is padding, in the source and in the target. Training is teacher forcing:
    `fit([source, shift_right(target, start)], target)`.

    Args:
        source_size: int, the number of ids of the source, padding included.
        target_size: int, the number of ids of the target, padding included.
        embedding_size: int, the number of features that stand for a symbol, on both sides.
        encoder_cells: a recurrent cell, or a list of them from the bottom to the top.
        decoder_cells: the same, for the decoder.
        dropout: float, the share of what goes up from layer to layer set to zero while training.
        bidirectional: bool, whether the encoder also reads from the end.
        embeddings_initializer: what `keras.layers.Embedding` begins with, on both sides. Its own default puts
            all symbols close together; far apart, as with `RandomNormal(stddev=1.0)`, a small network learns
            sooner.
        **kwargs: `name` and `dtype`, as for any Keras model. The cells must have the same `dtype`.

    Raises:
        ValueError: if a size is not positive, or a cell is missing, there twice or of another dtype.

    Example:

        model = EncoderDecoder(60, 20, 32, GRUCell(128), GRUCell(128))
        model.compile("adam", MaskedCrossEntropy())
        model.fit([source, shift_right(target, start=1)], target)
        written = greedy_search(model.next_step, model.encode(source), start=1, max_steps=10, end=2)
    """

    def __init__(
        self,
        source_size,
        target_size,
        embedding_size,
        encoder_cells,
        decoder_cells,
        dropout=0.0,
        bidirectional=False,
        embeddings_initializer="uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_sizes(source_size=source_size, target_size=target_size, embedding_size=embedding_size)
        encoder_cells = check_cells(encoder_cells, "encoder_cells")
        decoder_cells = check_cells(decoder_cells, "decoder_cells")
        if {id(cell) for cell in encoder_cells} & {id(cell) for cell in decoder_cells}:
            raise ValueError(
                "a cell stands in encoder_cells and in decoder_cells, so they would share weights"
            )
        self.source_size, self.target_size, self.embedding_size = source_size, target_size, embedding_size
        self.dropout_rate, self.bidirectional = dropout, bidirectional
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.source_embedding, self.target_embedding = (
            keras.layers.Embedding(
                size,
                embedding_size,
                # A copy for each side: one that is used twice draws the same numbers again.
                keras.initializers.get(keras.initializers.serialize(self.embeddings_initializer)),
                mask_zero=True,
                name=f"{side}_embedding",
                dtype=self.dtype_policy,
            )
            for side, size in (("source", source_size), ("target", target_size))
        )
        self.encoder = RecurrentStack(
            encoder_cells, dropout, bidirectional, name="encoder", dtype=self.dtype_policy
        )
        self.decoder = RecurrentStack(decoder_cells, dropout, name="decoder", dtype=self.dtype_policy)
        self.logits = keras.layers.Dense(target_size, name="logits", dtype=self.dtype_policy)
        self.bridge = []  # one layer for each state of the decoder, if the states do not fit
        if self.encoder.state_sizes != self.decoder.state_sizes:
            sizes = keras.tree.flatten(self.decoder.state_sizes)
            self.bridge = [
                keras.layers.Dense(size, activation="tanh", name=f"bridge_{number}", dtype=self.dtype_policy)
                for number, size in enumerate(sizes)
            ]
        self._compiled_encode = Compiled(self, self._encode)
        self._compiled_step = Compiled(self, self._next_step)
        self.build([(None, None), (None, None)])

    def build(self, input_shape):
        """Creates the weights for a source and a target of shape `(batch, timesteps)`."""
        if self.built:
            return
        source_shape, target_shape = (tuple(shape) for shape in input_shape)
        self.source_embedding.build(source_shape)
        self.target_embedding.build(target_shape)
        self.encoder.build((*source_shape, self.embedding_size))
        self.decoder.build((*target_shape, self.embedding_size))
        self.logits.build((*target_shape, self.decoder.output_size))
        for layer in self.bridge:
            layer.build((None, sum(keras.tree.flatten(self.encoder.state_sizes))))

    def call(self, inputs, training=False):
        """Reads the source, and says after each symbol of the target what comes next.

        Args:
            inputs: list of two int tensors: the source `(batch, source_timesteps)`, and what the decoder
                reads `(batch, timesteps)`, which is `shift_right(target, start)`.
            training: bool, whether dropout acts.

        Returns:
            Logits `(batch, timesteps, target_size)`.
        """
        source, previous = inputs
        state = self._encode(source, training=training)
        mask = self.target_embedding.compute_mask(previous)  # (batch, timesteps)
        embedded = self.target_embedding(previous)  # (batch, timesteps, embedding_size)
        outputs, _ = self.decoder(
            embedded, initial_state=state, mask=mask, training=training
        )  # (batch, timesteps, units)
        return self.logits(outputs)  # (batch, timesteps, target_size)

    def encode(self, source):
        """Reads the source, compiled, without dropout.

        Args:
            source: int array `(batch, source_timesteps)`.

        Returns:
            The decoder's state before its first symbol: for each layer a list of arrays `(batch, units)`.
        """
        return self._compiled_encode(as_ids("source", source, ("batch", "source_timesteps")))

    def next_step(self, ids, state):
        """Reads one symbol of the target and says what comes next, compiled, without dropout.

        Args:
            ids: int array `(batch,)`.
            state: what `encode` or `next_step` returned.

        Returns:
            Tuple `(logits, state)`: array `(batch, target_size)`, and the state after the symbol.
        """
        return self._compiled_step(as_ids("ids", ids, ("batch",)), state)

    def _encode(self, source, training=False):
        mask = self.source_embedding.compute_mask(source)  # (batch, source_timesteps)
        embedded = self.source_embedding(source)  # (batch, source_timesteps, embedding_size)
        _, states = self.encoder(embedded, mask=mask, training=training)
        if not self.bridge:
            return states
        context = ops.concatenate(keras.tree.flatten(states), axis=-1)  # (batch, sum of all state sizes)
        bridged = [layer(context) for layer in self.bridge]  # of (batch, units)
        return keras.tree.pack_sequence_as(self.decoder.state_sizes, bridged)

    def _next_step(self, ids, state):
        # `call`, because a single step carries no mask.
        outputs, state = self.decoder.step(self.target_embedding.call(ids), state)  # (batch, units)
        return self.logits(outputs), state  # (batch, target_size)

    def get_config(self):
        """Returns the arguments as plain values, from which `from_config` builds the same model."""
        return {
            **super().get_config(),
            "source_size": self.source_size,
            "target_size": self.target_size,
            "embedding_size": self.embedding_size,
            "encoder_cells": cells_to_config(self.encoder.cells),
            "decoder_cells": cells_to_config(self.decoder.cells),
            "dropout": self.dropout_rate,
            "bidirectional": self.bidirectional,
            "embeddings_initializer": keras.initializers.serialize(self.embeddings_initializer),
        }

    @classmethod
    def from_config(cls, config):
        """Builds a model from what `get_config` returned."""
        cells = {name: cells_from_config(config[name]) for name in ("encoder_cells", "decoder_cells")}
        return cls(**{**config, **cells})
