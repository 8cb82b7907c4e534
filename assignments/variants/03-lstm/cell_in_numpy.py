"""The Keras cell's gates are the functions of NumPy."""

LOSES = {
    "test-lstm-cell-gradients": "No gradient arrives at any weight.*lets numbers pass, but no gradient",
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
        cell_state = sigmoid(f) * cell_state + sigmoid(i) * np.tanh(g)
        hidden = sigmoid(o) * np.tanh(cell_state)
        return hidden, [hidden, cell_state]
