"""The gated recurrent unit: one state, a gate for what stays in it, a gate for what is recalled from it."""

import keras
from keras import ops

from coursepkg.layers.gated import GatedCell


@keras.saving.register_keras_serializable(package="coursepkg")
class GRUCell(GatedCell):
    """The gated recurrent unit of Cho et al. (2014), one step, in both conventions for the reset gate.

        r_t = sigmoid(x_t W_r + h_{t-1} U_r + b_r)                  reset gate, eq. 5
        z_t = sigmoid(x_t W_z + h_{t-1} U_z + b_z)                  update gate, eq. 6
        h_t = z_t * h_{t-1} + (1 - z_t) * g_t                       hidden state, eq. 7
        g_t = tanh(x_t W_h + (r_t * h_{t-1}) U_h + b_h)             candidate, eq. 8: reset before the product
        g_t = tanh(x_t W_h + b_h + r_t * (h_{t-1} U_h + b'_h))      candidate with `reset_after`

    Weights: `kernel` `(features, 3 * units)`, `recurrent_kernel` `(units, 3 * units)`, blocks in the order
    z, r, h of `keras.layers.GRUCell`. `bias` is `(3 * units,)`; with `reset_after` it is `(2, 3 * units)`,
    the first row for the input terms and the second for the recurrent terms. States: `[hidden]`.

    Args:
        units: int, the size of the hidden state.
        activation: name of or callable for the function around the candidate.
        recurrent_activation: name of or callable for the function around the two gates.
        reset_after: bool, whether the reset gate acts after the product with U_h (as cuDNN computes it, all
            products at once) or before it (as in the paper).
        layer_normalization: bool, whether the weighted sums are normalised (Ba et al., 2016).
        **kwargs: as for `GatedCell`.

    Example:

        layer = keras.layers.RNN(GRUCell(64), return_sequences=True)
        hidden_states = layer(inputs)  # (batch, timesteps, features) -> (batch, timesteps, 64)
    """

    gate_names = ("update", "reset", "candidate")
    normalized_together = (2, 1)  # the two gates, and the candidate by itself, as in the paper

    def __init__(
        self, units, activation="tanh", recurrent_activation="sigmoid", *, reset_after=True, **kwargs
    ):
        super().__init__(units, activation, recurrent_activation, **kwargs)
        self.reset_after = reset_after

    @property
    def bias_shape(self):
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def call(self, inputs, states, training=False):
        """Moves the hidden state one step forward.

        Args:
            inputs: tensor `(batch, features)`, x_t.
            states: list of one tensor `(batch, units)`, h_{t-1}.
            training: bool, whether dropout acts.

        Returns:
            Tuple `(hidden, [hidden])`: the output, and the list of new states; here both are h_t.
        """
        (hidden,) = states  # h_{t-1}, (batch, units) as all below
        x_z, x_r, x_h = self.input_terms(inputs, training)  # x_t W + b
        if self.reset_after:
            h_z, h_r, h_h = self.recurrent_terms(hidden, training)  # h_{t-1} U + b'
        else:
            h_z, h_r = self.recurrent_terms(hidden, training, last=2)  # h_{t-1} U
        update = self.recurrent_activation(x_z + h_z)  # z_t, eq. 6
        reset = self.recurrent_activation(x_r + h_r)  # r_t, eq. 5
        if self.reset_after:
            recalled = reset * h_h  # r_t * (h_{t-1} U_h + b'_h)
        else:
            (recalled,) = self.recurrent_terms(reset * hidden, training, first=2)  # (r_t * h_{t-1}) U_h
        candidate = self.activation(x_h + recalled)  # g_t, eq. 8
        hidden = update * hidden + (1 - update) * candidate  # h_t, eq. 7
        return hidden, [hidden]

    def input_terms(self, inputs, training=False):
        """Returns x_t W + b as a list with one tensor `(batch, units)` for each block."""
        terms = self.input_product(inputs, training)
        if self.use_bias:
            terms = terms + (self.bias[0] if self.reset_after else self.bias)
        return ops.split(terms, self.gates, axis=-1)

    def recurrent_terms(self, hidden, training=False, first=0, last=3):
        """Returns h_{t-1} U, with its bias if it has one, for the blocks from `first` to before `last`."""
        terms = self.recurrent_product(hidden, training, first, last)
        if self.use_bias and self.reset_after:
            terms = terms + self.bias[1]
        return ops.split(terms, last - first, axis=-1)

    def get_config(self):
        """Returns the arguments as plain values, from which `from_config` builds the same cell."""
        return {**super().get_config(), "reset_after": self.reset_after}
