"""The candidate goes through the sigmoid too."""

LOSES = {
    "test-lstm-gates-activations": "the candidate is what could be written",
    "test-lstm-gates-terms": "input term x.W",
    "test-lstm-step-write": "with the forget gate shut and the input gate open",
    "test-lstm-step-together": "Follow the first row of the table by hand",
    "test-lstm-forward-keras": "keras.layers.LSTM with these weights",
    "test-lstm-forward-gates": "If the states agree, do the gates of every step come back",
}


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    blocks = np.split(inputs @ kernel + hidden @ recurrent_kernel + bias, 4, axis=1)  # (batch, units) each
    gates = {name: sigmoid(block) for name, block in zip(GATES, blocks)}
    return gates
