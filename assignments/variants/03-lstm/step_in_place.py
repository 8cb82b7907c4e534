"""The caller's cell state is overwritten."""

LOSES = {
    "test-lstm-step-shapes": "changes its argument 'cell_state' in place",
    "test-lstm-forward-shapes": "changes its argument 'initial_cell_state' in place",
    "test-lstm-forward-first-step": "does the first step start from",
    "test-lstm-forward-carries-states": "It should follow from hidden_states.",
    "test-lstm-forward-causal": "see the future",
    "test-lstm-forward-rows": "changing row 0 of the batch changes the output of row 1",
}


# %% lstm-step
def lstm_step(inputs, hidden, cell_state, kernel, recurrent_kernel, bias):
    gates = lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias)
    cell_state *= gates["forget"]
    cell_state += gates["input"] * gates["candidate"]
    hidden = gates["output"] * np.tanh(cell_state)
    return hidden, cell_state, gates
