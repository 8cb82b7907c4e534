"""The Keras cell never uses the state."""

LOSES = {
    "test-recurrent-cell-step": "recurrent term h·U is missing",
    "test-make-layer-memory": "state of the step before does not arrive",
    "test-make-layer-keras": "only at index 0 of axis 1 .timesteps",
    "test-make-forecaster-learns": "Does the state reach the next step",
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
        hidden = keras.ops.tanh(keras.ops.matmul(inputs, self.kernel) + self.bias)
        return hidden, [hidden]
