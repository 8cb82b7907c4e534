"""Right: blocks in the order o, f, g, i inside, converted on the way in and out."""

LOSES = {}


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    def reorder(array):
        i, f, g, o = np.split(array, 4, axis=-1)
        return np.concatenate([o, f, g, i], axis=-1)

    kernel, recurrent_kernel, bias = reorder(kernel), reorder(recurrent_kernel), reorder(bias)
    o, f, g, i = np.split(inputs @ kernel + bias + hidden @ recurrent_kernel, 4, axis=-1)
    return {"input": sigmoid(i), "forget": sigmoid(f), "candidate": np.tanh(g), "output": sigmoid(o)}


# %% gate-slopes
def gate_slopes(hidden_gradient, cell_gradient, previous_cell_state, cell_state, gates):
    slopes = {"output": hidden_gradient * np.tanh(cell_state), "forget": cell_gradient * previous_cell_state}
    slopes["candidate"] = cell_gradient * gates["input"]
    slopes["input"] = cell_gradient * gates["candidate"]
    for name in slopes:
        gate = gates[name]
        slopes[name] *= (1 - gate) * (1 + gate) if name == "candidate" else gate - gate**2
    return np.hstack([slopes[name] for name in GATES])


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

        def reorder(weights):
            i, f, g, o = keras.ops.split(weights, 4, axis=-1)
            return keras.ops.concatenate([i, f, o, g], axis=-1)

        sums = keras.ops.matmul(inputs, reorder(self.kernel)) + reorder(self.bias)
        sums = sums + keras.ops.matmul(hidden, reorder(self.recurrent_kernel))
        gates = keras.ops.sigmoid(sums[:, : 3 * self.units])
        i, f, o = keras.ops.split(gates, 3, axis=-1)
        cell_state = f * cell_state + i * keras.ops.tanh(sums[:, 3 * self.units :])
        return o * keras.ops.tanh(cell_state), [o * keras.ops.tanh(cell_state), cell_state]


# %% freeze-gate
def freeze_gate(weights, gate, value):
    units = len(weights["bias"]) // 4
    keep = np.repeat([gate != name for name in GATES], units)  # (4 * units,)
    rest = -np.log(1 / value - 1)
    return {name: np.where(keep, array, rest * (name == "bias")) for name, array in weights.items()}
