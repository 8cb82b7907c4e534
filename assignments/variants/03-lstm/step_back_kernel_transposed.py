"""The kernel's gradient is transposed."""

LOSES = {
    "test-lstm-step-backward-shapes": "Axes 0 and 1 are exchanged",
    "test-lstm-step-backward-weights": "It is transposed",
    "test-lstm-backward-one-step": "Axes 0 and 1 are exchanged",
    "test-lstm-backward-parameters": "It is transposed",
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
    cell_gradient = gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, gates["output"])
    slopes = gate_slopes(hidden_gradient, cell_gradient, previous_cell_state, cell_state, gates)
    return {
        "inputs": slopes @ kernel.T,
        "hidden": slopes @ recurrent_kernel.T,
        "cell_state": cell_gradient * gates["forget"],
        "kernel": slopes.T @ inputs,
        "recurrent_kernel": previous_hidden.T @ slopes,
        "bias": slopes.sum(axis=0),
    }
