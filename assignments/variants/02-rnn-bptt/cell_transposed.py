"""The Keras cell multiplies with the transposed recurrent kernel."""

LOSES = {
    "test-recurrent-cell-step": "uses recurrent_kernel transposed",
    "test-make-layer-keras": "SimpleRNN",
}


# %% recurrent-cell
class RecurrentCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units  # keras.layers.RNN asks for it

    def build(self, input_shape):
        features = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(features, self.units), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        (hidden,) = states
        hidden = keras.ops.tanh(
            keras.ops.matmul(inputs, self.kernel)
            + keras.ops.matmul(hidden, keras.ops.transpose(self.recurrent_kernel))
            + self.bias
        )
        return hidden, [hidden]
