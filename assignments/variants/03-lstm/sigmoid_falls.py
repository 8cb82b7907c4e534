"""The sigmoid has the sign of its argument wrong."""

LOSES = {
    "test-sigmoid-values": "and it grows from 0 on the left to 1 on the right",
    "test-sigmoid-far": "and what is that divided by itself",
    "test-lstm-gates-activations": "the candidate is what could be written",
    "test-lstm-gates-terms": "input term x.W",
    "test-lstm-step-keep": "with the forget gate open and the input gate shut",
    "test-lstm-step-write": "with the forget gate shut and the input gate open",
    "test-lstm-step-show": "What acts on that before it is shown",
    "test-lstm-step-together": "Follow the first row of the table by hand",
    "test-lstm-forward-keras": "keras.layers.LSTM with these weights",
    "test-lstm-forward-gates": "If the states agree, do the gates of every step come back",
}


# %% sigmoid
def sigmoid(values):
    return 1 / (1 + np.exp(values))
