"""The sigmoid writes into its argument."""

LOSES = {
    "test-sigmoid-values": "changes its argument 'values' in place",
    "test-lstm-gates-activations": "the candidate is what could be written",
    "test-lstm-gates-terms": "input term x.W",
    "test-lstm-step-write": "with the forget gate shut and the input gate open",
    "test-lstm-step-together": "Follow the first row of the table by hand",
    "test-lstm-forward-keras": "keras.layers.LSTM with these weights",
    "test-lstm-forward-gates": "If the states agree, do the gates of every step come back",
}


# %% sigmoid
def sigmoid(values):
    values *= 0.5
    return 0.5 + 0.5 * np.tanh(values)
