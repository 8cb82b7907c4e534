"""The gates have no bias."""

LOSES = {
    "test-lstm-gates-order": "belong to input, but what they move is nothing",
    "test-lstm-gates-activations": "the candidate is what could be written",
    "test-lstm-gates-terms": "bias b is missing",
    "test-lstm-step-keep": "with the forget gate open and the input gate shut",
    "test-lstm-step-write": "with the forget gate shut and the input gate open",
    "test-lstm-step-show": "is off by a factor of 0.5.*What acts on that before it is shown",
    "test-lstm-step-together": "Follow the first row of the table by hand",
    "test-lstm-forward-keras": "keras.layers.LSTM with these weights",
    "test-lstm-forward-gates": "If the states agree, do the gates of every step come back",
}


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    blocks = np.split(inputs @ kernel + hidden @ recurrent_kernel, 4, axis=1)  # (batch, units) each
    gates = {name: sigmoid(block) for name, block in zip(GATES, blocks)}
    gates["candidate"] = np.tanh(blocks[2])
    return gates
