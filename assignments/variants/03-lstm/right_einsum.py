"""Right: einsum instead of matrix products, forwards and backwards."""

LOSES = {}


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    batch, units = hidden.shape
    kernel, recurrent_kernel = kernel.reshape(-1, 4, units), recurrent_kernel.reshape(units, 4, units)
    sums = np.einsum("bf,fgu->gbu", inputs, kernel) + np.einsum("bv,vgu->gbu", hidden, recurrent_kernel)
    sums = sums + bias.reshape(4, 1, units)
    return {
        "output": sigmoid(sums[3]),
        "candidate": np.tanh(sums[2]),
        "forget": sigmoid(sums[1]),
        "input": sigmoid(sums[0]),
    }


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
    whole = gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, gates["output"])
    slopes = gate_slopes(hidden_gradient, whole, previous_cell_state, cell_state, gates)
    return {
        "bias": np.einsum("bk->k", slopes),
        "recurrent_kernel": np.einsum("bu,bk->uk", previous_hidden, slopes),
        "kernel": np.einsum("bf,bk->fk", inputs, slopes),
        "cell_state": np.einsum("bu,bu->bu", whole, gates["forget"]),
        "hidden": np.einsum("bk,uk->bu", slopes, recurrent_kernel),
        "inputs": np.einsum("bk,fk->bf", slopes, kernel),
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
        self.bias = self.add_weight(
            shape=(columns,), initializer=lambda shape, dtype=None: initial_bias(self.units), name="bias"
        )

    def call(self, inputs, states):
        hidden, cell_state = states
        sums = keras.ops.einsum("bf,fk->bk", inputs, self.kernel) + self.bias
        sums = sums + keras.ops.einsum("bu,uk->bk", hidden, self.recurrent_kernel)
        sums = keras.ops.reshape(sums, (-1, 4, self.units))
        i, f, o = (keras.activations.sigmoid(sums[:, place]) for place in (0, 1, 3))
        cell_state = keras.ops.add(f * cell_state, i * keras.activations.tanh(sums[:, 2]))
        hidden = o * keras.activations.tanh(cell_state)
        return hidden, (hidden, cell_state)
