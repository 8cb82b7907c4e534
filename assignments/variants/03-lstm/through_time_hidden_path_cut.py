"""Nothing goes back along the hidden states."""

LOSES = {
    "test-lstm-backward-hidden-path": "'inputs'.*only at the last place.*The forget gate is shut here",
    "test-lstm-backward-every-state": "'inputs'.*only at the last place.*Where does it enter the walk",
    "test-lstm-backward-parameters": "gradient of 'bias'.*what becomes of the shares",
    "test-lstm-backward-initial-states": "gradient of 'initial_hidden'.*at the end of the walk",
}


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
    totals = {"inputs": np.zeros(inputs.shape), "kernel": 0.0, "recurrent_kernel": 0.0, "bias": 0.0}
    later = {"hidden": np.zeros(initial_hidden.shape), "cell_state": np.zeros(initial_hidden.shape)}
    for step in reversed(range(inputs.shape[1])):
        previous = (hidden_states[:, step - 1], cell_states[:, step - 1])
        if step == 0:
            previous = (initial_hidden, initial_cell_state)
        arriving = (hidden_gradients[:, step], later["cell_state"])
        now = {name: gate[:, step] for name, gate in gates.items()}
        later = lstm_step_backward(
            *arriving, inputs[:, step], *previous, cell_states[:, step], now, kernel, recurrent_kernel
        )
        totals["inputs"][:, step] = later["inputs"]
        for name in ("kernel", "recurrent_kernel", "bias"):
            totals[name] += later[name]
    return {**totals, "initial_hidden": later["hidden"], "initial_cell_state": later["cell_state"]}
