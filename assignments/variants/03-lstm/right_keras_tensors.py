"""Right: the NumPy exercises answered with keras.ops in float64, which gives tensors."""

LOSES = {}


# %% sigmoid
def sigmoid(values):
    return keras.ops.sigmoid(keras.ops.convert_to_tensor(values, dtype="float64"))


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    inputs, hidden, kernel, recurrent_kernel, bias = (
        keras.ops.convert_to_tensor(value, dtype="float64")
        for value in (inputs, hidden, kernel, recurrent_kernel, bias)
    )
    i, f, g, o = keras.ops.split(inputs @ kernel + hidden @ recurrent_kernel + bias, 4, axis=-1)
    return {"input": sigmoid(i), "forget": sigmoid(f), "candidate": keras.ops.tanh(g), "output": sigmoid(o)}


# %% lstm-step
def lstm_step(inputs, hidden, cell_state, kernel, recurrent_kernel, bias):
    gates = lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias)
    kept = keras.ops.multiply(gates["forget"], keras.ops.convert_to_tensor(cell_state, dtype="float64"))
    cell_state = kept + gates["input"] * gates["candidate"]
    return gates["output"] * keras.ops.tanh(cell_state), cell_state, gates


# %% gradient-at-cell-state
def gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, output_gate):
    squashed = keras.ops.convert_to_numpy(keras.ops.tanh(np.asarray(cell_state, "float64")))
    return keras.ops.add(cell_gradient, hidden_gradient * output_gate * (1 - squashed) * (1 + squashed))


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
    cell_gradient = np.asarray(
        gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, gates["output"])
    )
    slopes = gate_slopes(hidden_gradient, cell_gradient, previous_cell_state, cell_state, gates)
    return {
        "inputs": slopes @ kernel.T,
        "hidden": slopes @ recurrent_kernel.T,
        "cell_state": cell_gradient * gates["forget"],
        "kernel": inputs.T @ slopes,
        "recurrent_kernel": previous_hidden.T @ slopes,
        "bias": slopes.sum(axis=0),
    }
