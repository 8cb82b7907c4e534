"""The gates do not see the hidden state."""

LOSES = {
    "test-lstm-gates-order": "belong to input, but what they move is nothing",
    "test-lstm-gates-terms": "recurrent term h.U is missing",
    "test-lstm-step-together": "Follow the first row of the table by hand",
    "test-lstm-forward-keras": "keras.layers.LSTM with these weights",
    "test-lstm-forward-gates": "If the states agree, do the gates of every step come back",
}


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    blocks = np.split(inputs @ kernel + bias, 4, axis=1)  # (batch, units) each
    gates = {name: sigmoid(block) for name, block in zip(GATES, blocks)}
    gates["candidate"] = np.tanh(blocks[2])
    return gates
