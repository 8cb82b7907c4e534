"""The cell computes with NumPy, through which no gradient goes."""

LOSES = {
    "test-gru-cell-gradients": "No gradient arrives at any weight",
    "test-make-model-loss": "NumPy|call is still to be written",
    "test-make-model-learns": "NumPy|call is still to be written",
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
        hidden, kernel, recurrent_kernel, bias = (
            np.asarray(one) for one in (states[0], self.kernel, self.recurrent_kernel, self.bias)
        )
        new = gru_step(np.asarray(inputs), hidden, kernel, recurrent_kernel, bias, self.reset_after)
        new = keras.ops.convert_to_tensor(new, dtype="float32")
        return new, [new]
