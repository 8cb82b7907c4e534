"""The bias gets the mean over the batch."""

LOSES = {
    "test-lstm-step-backward-weights": "gradient of 'bias'.*1/batch.*what becomes of the rows",
    "test-lstm-backward-one-step": "gradient of 'bias'.*1/batch.*compare with lstm_step_backward",
    "test-lstm-backward-parameters": "gradient of 'bias'.*1/batch.*what becomes of the shares",
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
        "recurrent_kernel": previous_hidden.T @ slopes,
        "bias": slopes.mean(axis=0),
    }
