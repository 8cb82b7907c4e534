"""A sequence in, one label out."""

import keras

from coursepkg.models.arguments import check_sizes
from coursepkg.models.stack import RecurrentStack, cells_from_config, cells_to_config, check_cells


@keras.saving.register_keras_serializable(package="coursepkg")
class SequenceClassifier(keras.Model):
    """Reads a sequence to its end, and says from the last hidden state which class it is of.

    Args:
        classes: int, the number of classes.
        cells: a recurrent cell, or a list of them from the bottom to the top.
        vocabulary_size: int if the sequences are ids `(batch, timesteps)`; id 0 is padding and passed over.
            None if they are numbers `(batch, timesteps, features)`.
        embedding_size: int, the number of features that stand for a symbol. Only with `vocabulary_size`.
        mask_value: optional float: steps whose features all have this value are padding and passed over.
            Only without `vocabulary_size`.
        bidirectional: bool, whether each layer also reads from the end.
        dropout: float, the share of what goes up from layer to layer set to zero while training.
        embeddings_initializer: what `keras.layers.Embedding` begins with, where there is a vocabulary.
        **kwargs: `name` and `dtype`, as for any Keras model. The cells must have the same `dtype`.

    Raises:
        ValueError: if a size is not positive, an argument does not go with the others, or a cell is missing,
            there twice or of another dtype.

    Example:

        model = SequenceClassifier(2, GRUCell(64), vocabulary_size=5000, embedding_size=32)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, metrics=["accuracy"])
        model.fit(ids, labels)  # (batch, timesteps) and (batch,), int
    """

    def __init__(
        self,
        classes,
        cells,
        vocabulary_size=None,
        embedding_size=None,
        mask_value=None,
        bidirectional=False,
        dropout=0.0,
        embeddings_initializer="uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_sizes(classes=classes)
        if (vocabulary_size is None) != (embedding_size is None):
            raise ValueError(
                f"vocabulary_size is {vocabulary_size!r} and embedding_size {embedding_size!r}; "
                "ids need both, numbers neither"
            )
        if vocabulary_size is not None and mask_value is not None:
            raise ValueError(f"mask_value is {mask_value!r}; with a vocabulary, id 0 is what is passed over")
        self.classes, self.vocabulary_size, self.embedding_size = classes, vocabulary_size, embedding_size
        self.mask_value, self.bidirectional, self.dropout_rate = mask_value, bidirectional, dropout
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.embedding = self.masking = None
        if vocabulary_size is not None:
            check_sizes(vocabulary_size=vocabulary_size, embedding_size=embedding_size)
            self.embedding = keras.layers.Embedding(
                vocabulary_size,
                embedding_size,
                self.embeddings_initializer,
                mask_zero=True,
                name="embedding",
                dtype=self.dtype_policy,
            )
        elif mask_value is not None:
            self.masking = keras.layers.Masking(mask_value, name="masking", dtype=self.dtype_policy)
        self.recurrent = RecurrentStack(
            check_cells(cells), dropout, bidirectional, name="recurrent", dtype=self.dtype_policy
        )
        self.logits = keras.layers.Dense(classes, name="logits", dtype=self.dtype_policy)

    def build(self, input_shape):
        """Creates the weights for ids `(batch, timesteps)` or numbers `(batch, timesteps, features)`."""
        if self.built:
            return
        if self.embedding is not None:
            self.embedding.build(input_shape)
            input_shape = (*input_shape, self.embedding_size)
        if len(input_shape) != 3:
            raise ValueError(f"inputs have shape {tuple(input_shape)}; expected (batch, timesteps, features)")
        self.recurrent.build(input_shape)
        self.logits.build((input_shape[0], self.recurrent.output_size))

    def call(self, inputs, training=False):
        """Says of which class each sequence is.

        Args:
            inputs: int tensor `(batch, timesteps)`, or float tensor `(batch, timesteps, features)`.
            training: bool, whether dropout acts.

        Returns:
            Logits `(batch, classes)`.
        """
        mask = None
        if self.embedding is not None:
            mask = self.embedding.compute_mask(inputs)  # (batch, timesteps)
            inputs = self.embedding(inputs)  # (batch, timesteps, embedding_size)
        elif self.masking is not None:
            mask = self.masking.compute_mask(inputs)  # (batch, timesteps)
        last = self.recurrent.last_outputs(inputs, mask=mask, training=training)  # (batch, units)
        return self.logits(last)  # (batch, classes)

    def get_config(self):
        """Returns the arguments as plain values, from which `from_config` builds the same model."""
        return {
            **super().get_config(),
            "classes": self.classes,
            "cells": cells_to_config(self.recurrent.cells),
            "vocabulary_size": self.vocabulary_size,
            "embedding_size": self.embedding_size,
            "mask_value": self.mask_value,
            "bidirectional": self.bidirectional,
            "dropout": self.dropout_rate,
            "embeddings_initializer": keras.initializers.serialize(self.embeddings_initializer),
        }

    @classmethod
    def from_config(cls, config):
        """Builds a model from what `get_config` returned."""
        return cls(**{**config, "cells": cells_from_config(config["cells"])})
