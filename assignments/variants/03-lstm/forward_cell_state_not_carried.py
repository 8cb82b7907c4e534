"""Every step starts from the initial cell state."""

LOSES = {
    "test-lstm-forward-carries-states": "It should follow from hidden_states.",
    "test-lstm-forward-keras": "only at index 0.*keras.layers.LSTM with these weights",
    "test-lstm-forward-gates": "If the states agree, do the gates of every step come back",
}


# %% lstm-forward
def lstm_forward(inputs, initial_hidden, initial_cell_state, kernel, recurrent_kernel, bias):
    hidden, cell_state, steps = initial_hidden, initial_cell_state, []
    for step in range(inputs.shape[1]):
        hidden, cell_state, gates = lstm_step(
            inputs[:, step], hidden, initial_cell_state, kernel, recurrent_kernel, bias
        )
        steps.append({"hidden": hidden, "cell_state": cell_state, **gates})
    collected = {name: np.stack([one[name] for one in steps], axis=1) for name in steps[0]}
    return collected.pop("hidden"), collected.pop("cell_state"), collected
