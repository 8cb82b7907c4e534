"""Only what came from later goes back along the cell state."""

LOSES = {
    "test-lstm-step-backward-cell-state": "'cell_state'.*does the whole gradient of the new one",
    "test-lstm-backward-one-step": "'initial_cell_state'.*is zero.*compare with lstm_step_backward",
    "test-lstm-backward-cell-path": "'inputs'.*only at the last place.*The recurrent kernel is zero here",
    "test-lstm-backward-every-state": "'inputs'.*only at the last place.*Where does it enter the walk",
    "test-lstm-backward-parameters": "gradient of 'bias'.*what becomes of the shares",
    "test-lstm-backward-initial-states": "gradient of 'initial_hidden'.*at the end of the walk",
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
        "inputs": slopes @ kernel.T,
        "hidden": slopes @ recurrent_kernel.T,
        "cell_state": cell_gradient * gates["forget"],
        "kernel": inputs.T @ slopes,
        "recurrent_kernel": previous_hidden.T @ slopes,
        "bias": slopes.sum(axis=0),
    }
