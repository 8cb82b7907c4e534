"""Right: input and state side by side, times one stacked matrix."""

LOSES = {}


# %% rnn-step
def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    both = np.concatenate([inputs, hidden], axis=1)
    return np.tanh(both @ np.concatenate([kernel, recurrent_kernel], axis=0) + bias)


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    features = inputs.shape[1]
    slope = hidden_gradient * (1 + hidden) * (1 - hidden)
    both = np.hstack([inputs, previous_hidden, np.ones((len(inputs), 1))])
    weights = both.T @ slope
    back = slope @ np.vstack([kernel, recurrent_kernel]).T
    return {
        "inputs": back[:, :features],
        "hidden": back[:, features:],
        "kernel": weights[:features],
        "recurrent_kernel": weights[features:-1],
        "bias": weights[-1],
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
        both = keras.ops.concatenate([inputs, hidden], axis=-1)
        weights = keras.ops.concatenate([self.kernel, self.recurrent_kernel], axis=0)
        hidden = keras.ops.tanh(both @ weights + self.bias)
        return hidden, [hidden]
