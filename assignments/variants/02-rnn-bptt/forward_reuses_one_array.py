"""The state is updated in place: all steps show the last one, and the argument is lost."""

LOSES = {
    "test-rnn-forward-shapes": "changes its argument 'initial_hidden' in place",
    "test-rnn-forward-first-step": "Which state",
    "test-rnn-forward-carries-state": "should follow from",
    "test-rnn-forward-causal": "see the future",
    "test-rnn-forward-rows": "changing row 0",
    "test-rnn-forward-keras": "same values at every place of axis 1 .timesteps",
    "test-training-step-direction": "gradient of",
}


# %% rnn-forward
def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias):
    hidden = initial_hidden
    hidden_states = []
    for step in range(inputs.shape[1]):
        hidden[:] = rnn_step(inputs[:, step], hidden, kernel, recurrent_kernel, bias)
        hidden_states.append(hidden)
    return np.stack(hidden_states, axis=1)
