"""No gradient goes back along the cell state of the Keras cell."""

LOSES = {
    "test-lstm-cell-gradients": "differs in every entry.*acts on the way back alone",
}


# %% lstm-cell
class LSTMCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]  # hidden state and cell state

    def build(self, input_shape):
        features, columns = input_shape[-1], 4 * self.units
        self.kernel = self.add_weight(shape=(features, columns), initializer="glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, columns), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(
            shape=(columns,), initializer=lambda shape, dtype=None: initial_bias(self.units), name="bias"
        )

    def call(self, inputs, states):
        hidden, cell_state = states
        sums = (
            keras.ops.matmul(inputs, self.kernel)
            + keras.ops.matmul(hidden, self.recurrent_kernel)
            + self.bias
        )
        i, f, g, o = keras.ops.split(sums, 4, axis=-1)
        kept = keras.ops.sigmoid(f) * keras.ops.stop_gradient(cell_state)
        cell_state = kept + keras.ops.sigmoid(i) * keras.ops.tanh(g)
        hidden = keras.ops.sigmoid(o) * keras.ops.tanh(cell_state)
        return hidden, [hidden, cell_state]
