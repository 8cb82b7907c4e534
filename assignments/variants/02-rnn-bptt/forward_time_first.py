"""The states come back with the time axis in front."""

LOSES = {
    "test-rnn-forward-shapes": "Axes 0 and 1 are exchanged",
    "test-rnn-forward-first-step": "shape",
    "test-rnn-forward-carries-state": "shape",
    "test-rnn-forward-causal": "axis 1 should have size",
    "test-rnn-forward-rows": "changing row 0 of the batch",
    "test-rnn-forward-keras": "Axes 0 and 1 are exchanged",
    "test-training-step-loss": "ValueError: operands",
    "test-training-step-direction": "ValueError: operands",
    "test-training-step-clipped": "ValueError: operands",
    "test-training-step-learns": "ValueError: operands",
}


# %% rnn-forward
def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias):
    hidden = initial_hidden
    hidden_states = []
    for step in range(inputs.shape[1]):
        hidden = rnn_step(inputs[:, step], hidden, kernel, recurrent_kernel, bias)
        hidden_states.append(hidden)
    return np.stack(hidden_states, axis=0)
