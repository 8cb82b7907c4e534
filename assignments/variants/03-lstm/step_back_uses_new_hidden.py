"""The recurrent kernel's gradient uses the hidden state after the step."""

LOSES = {
    "test-lstm-step-backward-weights": "gradient of 'recurrent_kernel'.*what becomes of the rows",
    "test-lstm-backward-one-step": "gradient of 'recurrent_kernel'.*compare with lstm_step_backward",
    "test-lstm-backward-parameters": "gradient of 'recurrent_kernel'.*what becomes of the shares",
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
        "kernel": inputs.T @ slopes,
        "recurrent_kernel": (gates["output"] * np.tanh(cell_state)).T @ slopes,
        "bias": slopes.sum(axis=0),
    }
