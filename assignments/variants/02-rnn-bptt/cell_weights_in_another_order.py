"""The Keras cell makes its bias first."""

LOSES = {
    "test-recurrent-cell-weights": "The order is kernel, recurrent_kernel, bias",
    "test-recurrent-cell-step": "The order is kernel",
    "test-recurrent-cell-state": "The order is kernel",
    "test-make-layer-keras": "The order is kernel",
}


# %% recurrent-cell
class RecurrentCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units  # keras.layers.RNN asks for it

    def build(self, input_shape):
        features = input_shape[-1]
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.kernel = self.add_weight(
            shape=(features, self.units), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer="orthogonal", name="recurrent_kernel"
        )

    def call(self, inputs, states):
        (hidden,) = states
        hidden = keras.ops.tanh(
            keras.ops.matmul(inputs, self.kernel)
            + keras.ops.matmul(hidden, self.recurrent_kernel)
            + self.bias
        )
        return hidden, [hidden]
