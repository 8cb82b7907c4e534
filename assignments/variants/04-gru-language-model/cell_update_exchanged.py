"""z and 1 - z are exchanged in the Keras cell."""

LOSES = {
    "test-gru-cell-mixing": "An update gate at 1 keeps the state",
    "test-gru-cell-reset-before": "What is left of the candidate",
    "test-gru-cell-reset-after": "What is left of the candidate",
    "test-gru-cell-layer": "with the same weights is what came out",
    "test-gru-cell-gradients": "The gradient of the kernel of GRUCell",
}


# %% gru-cell
class GRUCell(keras.layers.Layer):
    def __init__(self, units, reset_after=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.reset_after = reset_after
        self.state_size = units

    def build(self, input_shape):
        columns = 3 * self.units
        self.kernel = self.add_weight(
            shape=(input_shape[-1], columns), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, columns), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(
            shape=(2, columns) if self.reset_after else (columns,), initializer="zeros", name="bias"
        )

    def call(self, inputs, states):
        hidden, units, ops = states[0], self.units, keras.ops
        biases = (self.bias[0], self.bias[1]) if self.reset_after else (self.bias, 0.0)
        x = ops.matmul(inputs, self.kernel) + biases[0]
        h = ops.matmul(hidden, self.recurrent_kernel) + biases[1]
        update = ops.sigmoid(x[:, :units] + h[:, :units])
        reset = ops.sigmoid(x[:, units : 2 * units] + h[:, units : 2 * units])
        if self.reset_after:
            recurrent = reset * h[:, 2 * units :]
        else:
            recurrent = ops.matmul(reset * hidden, self.recurrent_kernel[:, 2 * units :])
        candidate = ops.tanh(x[:, 2 * units :] + recurrent)
        new = (1 - update) * hidden + update * candidate
        return new, [new]
