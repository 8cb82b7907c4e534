"""Long short-term memory: a cell state that is added to, and gates that say what enters, stays and leaves."""

import keras
from keras import ops

from coursepkg.layers.gated import GatedCell


@keras.saving.register_keras_serializable(package="coursepkg")
class LSTMCell(GatedCell):
    """Long short-term memory (Hochreiter & Schmidhuber, 1997) with forget gate (Gers et al., 2000), one step.

        i_t = sigmoid(x_t W_i + h_{t-1} U_i + b_i)     input gate: how much of the candidate enters
        f_t = sigmoid(x_t W_f + h_{t-1} U_f + b_f)     forget gate: how much of the cell state stays
        g_t = tanh(x_t W_c + h_{t-1} U_c + b_c)        candidate: what could enter
        o_t = sigmoid(x_t W_o + h_{t-1} U_o + b_o)     output gate: how much of the cell state is shown
        c_t = f_t * c_{t-1} + i_t * g_t                cell state
        h_t = o_t * tanh(c_t)                          hidden state

    Weights: `kernel` `(features, 4 * units)`, `recurrent_kernel` `(units, 4 * units)`, `bias` `(4 * units,)`,
    blocks in the order i, f, c, o of `keras.layers.LSTMCell`. States: `[hidden, cell_state]`.

    Args:
        units: int, the size of the hidden state and of the cell state.
        activation: name of or callable for the function around the candidate and around the cell state.
        recurrent_activation: name of or callable for the function around the three gates.
        unit_forget_bias: bool, whether the bias of the forget gate starts at 1, so that a new network
            remembers (Gers et al., 2000; Jozefowicz et al., 2015).
        layer_normalization: bool, whether the weighted sums and the cell state are normalised (Ba et al.,
            2016).
        **kwargs: as for `GatedCell`.

    Example:

        layer = keras.layers.RNN(LSTMCell(64), return_sequences=True)
        hidden_states = layer(inputs)  # (batch, timesteps, features) -> (batch, timesteps, 64)
    """

    gate_names = ("input", "forget", "candidate", "output")
    normalized_together = (4,)

    def __init__(
        self, units, activation="tanh", recurrent_activation="sigmoid", *, unit_forget_bias=True, **kwargs
    ):
        super().__init__(units, activation, recurrent_activation, **kwargs)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [self.units, self.units]

    def build(self, input_shape):
        super().build(input_shape)
        if self.layer_normalization:
            self.cell_norm = self.add_norm("cell_norm", self.units, center=True)

    def initial_bias(self, shape, dtype=None):
        if not self.unit_forget_bias:
            return super().initial_bias(shape, dtype)
        before = self.units * self.gate_names.index("forget")
        after = shape[0] - before - self.units
        blocks = [ops.ones((self.units,), dtype)]
        if before:
            blocks.insert(0, self.bias_initializer((before,), dtype=dtype))
        blocks.append(self.bias_initializer((after,), dtype=dtype))
        return ops.concatenate(blocks)

    def call(self, inputs, states, training=False):
        """Moves the hidden state and the cell state one step forward.

        Args:
            inputs: tensor `(batch, features)`, x_t.
            states: list of two tensors `(batch, units)`, h_{t-1} and c_{t-1}.
            training: bool, whether dropout acts.

        Returns:
            Tuple `(hidden, [hidden, cell_state])`: the output h_t, and the list of new states.
        """
        hidden, cell_state = states  # (batch, units) each
        z_i, z_f, z_c, z_o = self.weighted_sums(inputs, hidden, training)  # x_t W + h_{t-1} U + b
        input_gate = self.recurrent_activation(z_i)  # i_t, (batch, units) as all below
        forget_gate = self.recurrent_activation(z_f)  # f_t
        candidate = self.activation(z_c)  # g_t
        output_gate = self.recurrent_activation(z_o)  # o_t
        cell_state = forget_gate * cell_state + input_gate * candidate  # c_t
        hidden = output_gate * self.squash(cell_state)  # h_t = o_t * tanh(c_t)
        return hidden, [hidden, cell_state]

    def weighted_sums(self, inputs, hidden, training=False):
        """Returns x_t W + h_{t-1} U + b as a list with one tensor `(batch, units)` for each block."""
        sums = self.input_product(inputs, training) + self.recurrent_product(hidden, training)
        if self.use_bias:
            sums = sums + self.bias
        return ops.split(sums, self.gates, axis=-1)

    def squash(self, cell_state):
        """Returns tanh(c_t), of the normalised cell state if `layer_normalization` says so."""
        return self.activation(self.cell_norm(cell_state) if self.layer_normalization else cell_state)

    def get_config(self):
        """Returns the arguments as plain values, from which `from_config` builds the same cell."""
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}


@keras.saving.register_keras_serializable(package="coursepkg")
class PeepholeLSTMCell(LSTMCell):
    """An LSTM whose gates see the cell state itself, and not only what the output gate shows of it.

        i_t = sigmoid(x_t W_i + h_{t-1} U_i + p_i * c_{t-1} + b_i)
        f_t = sigmoid(x_t W_f + h_{t-1} U_f + p_f * c_{t-1} + b_f)
        o_t = sigmoid(x_t W_o + h_{t-1} U_o + p_o * c_t + b_o)

    The rest is as in `LSTMCell` (Gers & Schmidhuber, 2000). One more weight is `peephole` `(3, units)`, with
    the rows p_i, p_f and p_o. It starts at zero, so that the network starts as an LSTM. Arguments as for
    `LSTMCell`.
    """

    def build(self, input_shape):
        super().build(input_shape)
        self.peephole = self.add_weight(shape=(3, self.units), name="peephole", initializer="zeros")

    def call(self, inputs, states, training=False):
        hidden, cell_state = states  # (batch, units) each
        z_i, z_f, z_c, z_o = self.weighted_sums(inputs, hidden, training)  # x_t W + h_{t-1} U + b
        p_i, p_f, p_o = (self.peephole[row] for row in range(3))  # (units,) each
        input_gate = self.recurrent_activation(z_i + p_i * cell_state)  # sees c_{t-1}
        forget_gate = self.recurrent_activation(z_f + p_f * cell_state)  # sees c_{t-1}
        candidate = self.activation(z_c)
        cell_state = forget_gate * cell_state + input_gate * candidate
        output_gate = self.recurrent_activation(z_o + p_o * cell_state)  # sees c_t
        hidden = output_gate * self.squash(cell_state)
        return hidden, [hidden, cell_state]


@keras.saving.register_keras_serializable(package="coursepkg")
class CoupledLSTMCell(LSTMCell):
    """An LSTM that lets in exactly as much as it forgets: i_t = 1 - f_t (Greff et al., 2017, "CIFG").

    The rest is as in `LSTMCell`, with three blocks of columns, in the order f, c, o: a quarter of the weights
    less. Arguments as for `LSTMCell`.
    """

    gate_names = ("forget", "candidate", "output")
    normalized_together = (3,)

    def call(self, inputs, states, training=False):
        hidden, cell_state = states  # (batch, units) each
        z_f, z_c, z_o = self.weighted_sums(inputs, hidden, training)  # x_t W + h_{t-1} U + b
        forget_gate = self.recurrent_activation(z_f)
        candidate = self.activation(z_c)
        output_gate = self.recurrent_activation(z_o)
        cell_state = forget_gate * cell_state + (1 - forget_gate) * candidate
        hidden = output_gate * self.squash(cell_state)
        return hidden, [hidden, cell_state]
