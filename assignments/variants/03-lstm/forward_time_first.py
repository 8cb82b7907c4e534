"""The results come back with the time axis in front."""

LOSES = {
    "test-lstm-forward-shapes": "Axes 0 and 1 are exchanged",
    "test-lstm-forward-first-step": "Axes 0 and 1 are exchanged",
    "test-lstm-forward-carries-states": "Axes 0 and 1 are exchanged",
    "test-lstm-forward-causal": "axis 1 should have size",
    "test-lstm-forward-rows": "changing row 0 of the batch changes the output of row 1",
    "test-lstm-forward-keras": "Axes 0 and 1 are exchanged",
    "test-lstm-forward-gates": "Axes 0 and 1 are exchanged",
}


# %% lstm-forward
def lstm_forward(inputs, initial_hidden, initial_cell_state, kernel, recurrent_kernel, bias):
    hidden, cell_state, steps = initial_hidden, initial_cell_state, []
    for step in range(inputs.shape[1]):
        hidden, cell_state, gates = lstm_step(
            inputs[:, step], hidden, cell_state, kernel, recurrent_kernel, bias
        )
        steps.append({"hidden": hidden, "cell_state": cell_state, **gates})
    collected = {name: np.stack([one[name] for one in steps], axis=0) for name in steps[0]}
    return collected.pop("hidden"), collected.pop("cell_state"), collected
