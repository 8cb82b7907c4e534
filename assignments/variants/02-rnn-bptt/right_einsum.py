"""Right: einsum instead of matrix products, forwards and backwards."""

LOSES = {}


# %% rnn-step
def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    total = np.einsum("bf,fu->bu", inputs, kernel) + np.einsum("bu,uv->bv", hidden, recurrent_kernel)
    return np.tanh(total + bias[None, :])


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    slope = np.einsum("bu,bu->bu", hidden_gradient, 1 - np.square(hidden))
    return {
        "bias": np.einsum("bu->u", slope),
        "kernel": np.einsum("bf,bu->fu", inputs, slope),
        "recurrent_kernel": np.einsum("bv,bu->vu", previous_hidden, slope),
        "hidden": np.einsum("bu,vu->bv", slope, recurrent_kernel),
        "inputs": np.einsum("bu,fu->bf", slope, kernel),
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
            keras.ops.einsum("bf,fu->bu", inputs, self.kernel)
            + keras.ops.einsum("bv,vu->bu", hidden, self.recurrent_kernel)
            + self.bias
        )
        return hidden, [hidden]
