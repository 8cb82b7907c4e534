"""Only the input gate's block goes back to the hidden state."""

LOSES = {
    "test-lstm-step-backward-inputs": "gradient of 'hidden'.*Which matrix carries their slopes back to it",
    "test-lstm-backward-one-step": "gradient of 'initial_hidden'.*compare with lstm_step_backward",
    "test-lstm-backward-hidden-path": "'inputs'.*only at the last place.*The forget gate is shut here",
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
    cell_gradient = gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, gates["output"])
    slopes = gate_slopes(hidden_gradient, cell_gradient, previous_cell_state, cell_state, gates)
    return {
        "inputs": slopes @ kernel.T,
        "hidden": slopes[:, : len(recurrent_kernel)] @ recurrent_kernel[:, : len(recurrent_kernel)].T,
        "cell_state": cell_gradient * gates["forget"],
        "kernel": inputs.T @ slopes,
        "recurrent_kernel": previous_hidden.T @ slopes,
        "bias": slopes.sum(axis=0),
    }
