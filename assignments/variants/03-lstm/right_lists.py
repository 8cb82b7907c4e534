"""Right: lists of outputs instead of arrays, transposed products, a layer in two lines."""

LOSES = {}


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    units = hidden.shape[-1]
    gates = {}
    for place, name in enumerate(GATES):
        own = slice(place * units, (place + 1) * units)
        sums = (kernel[:, own].T @ inputs.T + recurrent_kernel[:, own].T @ hidden.T).T + bias[own]
        gates[name] = np.tanh(sums) if name == "candidate" else sigmoid(sums)
    return gates


# %% lstm-backward
def lstm_backward(
    hidden_gradients,
    inputs,
    hidden_states,
    cell_states,
    gates,
    initial_hidden,
    initial_cell_state,
    kernel,
    recurrent_kernel,
):
    hidden_before = np.concatenate([initial_hidden[:, None], hidden_states[:, :-1]], axis=1)
    cell_before = np.concatenate([initial_cell_state[:, None], cell_states[:, :-1]], axis=1)
    shares, to_hidden, to_cell = [], 0.0, 0.0
    for step in range(inputs.shape[1] - 1, -1, -1):
        shares.append(
            lstm_step_backward(
                to_hidden + hidden_gradients[:, step],
                to_cell,
                inputs[:, step],
                hidden_before[:, step],
                cell_before[:, step],
                cell_states[:, step],
                {name: gates[name][:, step] for name in GATES},
                kernel,
                recurrent_kernel,
            )
        )
        to_hidden, to_cell = shares[-1]["hidden"], shares[-1]["cell_state"]
    gradients = {
        name: sum(share[name] for share in shares) for name in ("kernel", "recurrent_kernel", "bias")
    }
    gradients["inputs"] = np.stack([share["inputs"] for share in shares[::-1]], axis=1).tolist()
    return gradients | {"initial_hidden": to_hidden, "initial_cell_state": to_cell}


# %% make-layer
def make_layer(units):
    cell = LSTMCell(units=units)
    return keras.layers.RNN(cell, True, name="mine")
