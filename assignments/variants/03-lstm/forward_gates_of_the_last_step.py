"""Every step's gates are those of the last one."""

LOSES = {
    "test-lstm-forward-gates": "the same values at every place of axis 1.*under their names and in its place",
}


# %% lstm-forward
def lstm_forward(inputs, initial_hidden, initial_cell_state, kernel, recurrent_kernel, bias):
    hidden, cell_state, steps = initial_hidden, initial_cell_state, []
    for step in range(inputs.shape[1]):
        hidden, cell_state, gates = lstm_step(
            inputs[:, step], hidden, cell_state, kernel, recurrent_kernel, bias
        )
        steps.append({"hidden": hidden, "cell_state": cell_state, **gates})
    steps = [{**one, **gates} for one in steps]
    collected = {name: np.stack([one[name] for one in steps], axis=1) for name in steps[0]}
    return collected.pop("hidden"), collected.pop("cell_state"), collected
