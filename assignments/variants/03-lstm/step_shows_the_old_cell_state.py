"""The hidden state is made of the cell state before the step."""

LOSES = {
    "test-lstm-step-show": "What acts on that before it is shown",
    "test-lstm-step-together": "Follow the first row of the table by hand",
    "test-lstm-forward-keras": "keras.layers.LSTM with these weights",
    "test-lstm-forward-gates": "If the states agree, do the gates of every step come back",
}


# %% lstm-step
def lstm_step(inputs, hidden, cell_state, kernel, recurrent_kernel, bias):
    gates = lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias)
    hidden = gates["output"] * np.tanh(cell_state)
    cell_state = gates["forget"] * cell_state + gates["input"] * gates["candidate"]
    return hidden, cell_state, gates
