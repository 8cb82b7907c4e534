"""The columns are dealt out to the gates one by one, not in blocks."""

LOSES = {
    "test-lstm-gates-order": "belong to input, but what they move is input",
    "test-lstm-gates-terms": "input term x.W",
    "test-lstm-step-keep": "with the forget gate open and the input gate shut",
    "test-lstm-step-write": "with the forget gate shut and the input gate open",
    "test-lstm-step-show": "What acts on that before it is shown",
    "test-lstm-step-together": "Follow the first row of the table by hand",
    "test-lstm-forward-keras": "keras.layers.LSTM with these weights",
    "test-lstm-forward-gates": "If the states agree, do the gates of every step come back",
}


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    sums = inputs @ kernel + hidden @ recurrent_kernel + bias
    blocks = [sums[:, place::4] for place in range(4)]
    gates = {name: sigmoid(block) for name, block in zip(GATES, blocks)}
    gates["candidate"] = np.tanh(blocks[2])
    return gates
