"""The caller's hidden_gradients are added to in place."""

LOSES = {
    "test-lstm-backward-pure": "changes its argument 'hidden_gradients' in place",
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
        hidden_gradients[:, step] += later["hidden"]
        arriving = (hidden_gradients[:, step], later["cell_state"])
        now = {name: gate[:, step] for name, gate in gates.items()}
        later = lstm_step_backward(
            *arriving, inputs[:, step], *previous, cell_states[:, step], now, kernel, recurrent_kernel
        )
        totals["inputs"][:, step] = later["inputs"]
        for name in ("kernel", "recurrent_kernel", "bias"):
            totals[name] += later[name]
    return {**totals, "initial_hidden": later["hidden"], "initial_cell_state": later["cell_state"]}
