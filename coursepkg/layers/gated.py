"""What cells with gates share: weighted sums, block by block. The equations stand in `lstm.py` and `gru.py`.

Each gate has a block of `units` columns in `kernel`, in `recurrent_kernel` and in `bias`. One product with
the whole matrix is faster than one for each gate, so the sums are computed for all gates and then split.
"""

import keras
import numpy as np
from keras import ops

from coursepkg.layers.recurrent import RecurrentCell


class GatedCell(RecurrentCell):
    """A recurrent cell with gates. A subclass names its blocks in `gate_names`; `call` has the equations.

    Args:
        units: int, the size of the hidden state.
        activation: name of or callable for the function around the candidate.
        recurrent_activation: name of or callable for the function around each gate; its values, between 0
            and 1, are shares of what passes.
        layer_normalization: bool, whether x_t W and h_{t-1} U are each normalised within an example, with
            gains of their own, before they are added (Ba et al., 2016).
        **kwargs: as for `RecurrentCell`. With `recurrent_dropout` each gate is given masks of its own, for
            inputs and hidden state alike, as in `keras.layers.LSTMCell` and `keras.layers.GRUCell`.
    """

    gate_names = ()  # in the order of the blocks
    normalized_together = ()  # how many blocks in a row share one mean and one variance

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        *,
        layer_normalization=False,
        **kwargs,
    ):
        super().__init__(units, activation, **kwargs)
        self.recurrent_activation = keras.activations.get(recurrent_activation)
        self.layer_normalization = layer_normalization
        if self.recurrent_dropout:
            self.dropout_mask_count = self.gates  # where Keras looks for the number of masks

    @property
    def gates(self):
        return len(self.gate_names)

    def build(self, input_shape):
        super().build(input_shape)
        if self.layer_normalization:
            # The bias b is added to both kinds of terms: shifts of their own would say the same thing again.
            widths = [blocks * self.units for blocks in self.normalized_together]
            self.input_norms = [self.add_norm(f"input_norm_{k}", width) for k, width in enumerate(widths)]
            self.recurrent_norms = [
                self.add_norm(f"recurrent_norm_{k}", width) for k, width in enumerate(widths)
            ]

    def add_norm(self, name, width, center=False):
        """Returns a built `keras.layers.LayerNormalization` over `width` numbers of each example."""
        norm = keras.layers.LayerNormalization(center=center, name=name, dtype=self.dtype_policy)
        norm.build((None, width))
        return norm

    def input_product(self, inputs, training):
        """x_t W for all blocks: `(batch, features)` -> `(batch, gates * units)`."""
        masks = self.get_dropout_mask(inputs) if training and self.dropout else None
        product = self.product(inputs, self.kernel, masks)
        return self.normalize(product, self.input_norms) if self.layer_normalization else product

    def recurrent_product(self, hidden, training, first=0, last=None):
        """h_{t-1} U, `(batch, blocks * units)`, for the blocks from `first` to the one before `last`."""
        last = self.gates if last is None else last
        masks = self.get_recurrent_dropout_mask(hidden) if training and self.recurrent_dropout else None
        masks = masks[first:last] if isinstance(masks, list) else masks
        matrix = self.recurrent_kernel
        if last - first < self.gates:
            matrix = matrix[:, first * self.units : last * self.units]
        product = self.product(hidden, matrix, masks)
        if not self.layer_normalization:
            return product
        starts = np.cumsum((0, *self.normalized_together[:-1]))
        norms = [
            norm for start, norm in zip(starts, self.recurrent_norms, strict=True) if first <= start < last
        ]
        return self.normalize(product, norms)

    def product(self, rows, matrix, masks=None):
        """Multiplies `rows` by `matrix`, under one dropout mask or under one for each block of columns."""
        if masks is None:
            return ops.matmul(rows, matrix)
        if not isinstance(masks, list):
            return ops.matmul(rows * masks, matrix)
        blocks = ops.split(matrix, len(masks), axis=-1)
        products = [ops.matmul(rows * mask, block) for mask, block in zip(masks, blocks, strict=True)]
        return ops.concatenate(products, axis=-1)

    def normalize(self, product, norms):
        """Normalises groups of columns, each by its own entry of `norms`."""
        if len(norms) == 1:
            return norms[0](product)
        ends = np.cumsum([norm.gamma.shape[0] for norm in norms])
        groups = ops.split(product, ends[:-1].tolist(), axis=-1)
        return ops.concatenate([norm(group) for norm, group in zip(norms, groups, strict=True)], axis=-1)

    def get_config(self):
        """Returns the arguments as plain values, from which `from_config` builds the same cell."""
        return {
            **super().get_config(),
            "recurrent_activation": keras.activations.serialize(self.recurrent_activation),
            "layer_normalization": self.layer_normalization,
        }
