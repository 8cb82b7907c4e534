"""Right: input, hidden state and a one side by side, times one stacked matrix."""

LOSES = {}


# %% sigmoid
def sigmoid(values):
    return np.exp(-np.logaddexp(0.0, -np.asarray(values)))


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    units = hidden.shape[1]
    everything = np.hstack([inputs, hidden, np.ones((len(inputs), 1))])
    sums = everything @ np.vstack([kernel, recurrent_kernel, bias])
    sums[:, 2 * units : 3 * units] *= 2
    values = sigmoid(sums)
    values[:, 2 * units : 3 * units] = 2 * values[:, 2 * units : 3 * units] - 1  # tanh(a) = 2 sigmoid(2a) - 1
    return {name: values[:, place * units : (place + 1) * units] for place, name in enumerate(GATES)}


# %% lstm-step-backward
def lstm_step_backward(
    hidden_gradient,
    cell_gradient,
    inputs,
    previous_hidden,
    previous_cell_state,
    cell_state,
    gates,
    kernel,
    recurrent_kernel,
):
    features = inputs.shape[1]
    whole = gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, gates["output"])
    slopes = gate_slopes(hidden_gradient, whole, previous_cell_state, cell_state, gates)
    weights = np.hstack([inputs, previous_hidden, np.ones((len(inputs), 1))]).T @ slopes
    back = slopes @ np.vstack([kernel, recurrent_kernel]).T
    return {
        "inputs": back[:, :features],
        "hidden": back[:, features:],
        "cell_state": whole * gates["forget"],
        "kernel": weights[:features],
        "recurrent_kernel": weights[features:-1],
        "bias": weights[-1],
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
        self.bias = self.add_weight(shape=(columns,), initializer="zeros", name="bias")
        self.bias.assign(initial_bias(self.units))

    def call(self, inputs, states):
        hidden, cell_state = states
        both = keras.ops.concatenate([inputs, hidden], axis=-1)
        weights = keras.ops.concatenate([self.kernel, self.recurrent_kernel], axis=0)
        sums = both @ weights + self.bias
        units = self.units
        i, f = keras.ops.sigmoid(sums[:, :units]), keras.ops.sigmoid(sums[:, units : 2 * units])
        g, o = keras.ops.tanh(sums[:, 2 * units : -units]), keras.ops.sigmoid(sums[:, -units:])
        cell_state = f * cell_state + i * g
        hidden = o * keras.ops.tanh(cell_state)
        return hidden, [hidden, cell_state]
