"""The Keras cell has no bias."""

LOSES = {
    "test-recurrent-cell-weights": "3 results in a tuple",
    "test-recurrent-cell-step": "should be 3 results",
    "test-recurrent-cell-state": "should be 3 results",
    "test-make-layer-keras": "should be 3 results",
    "test-make-forecaster-shape": "number of weights",
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

    def call(self, inputs, states):
        (hidden,) = states
        hidden = keras.ops.tanh(
            keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(hidden, self.recurrent_kernel)
        )
        return hidden, [hidden]
