"""Every step starts from the initial state again."""

LOSES = {
    "test-rnn-forward-carries-state": r"hidden_states\[:, 1\].*should follow from hidden_states\[:, 0\]",
    "test-rnn-forward-keras": "only at index 0 of axis 1 .timesteps",
    "test-training-step-loss": "The loss ",
    "test-training-step-direction": r"gradient of '\w+' ",
    "test-training-step-learns": "After 60 steps",
}


# %% rnn-forward
def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias):
    hidden = initial_hidden
    hidden_states = []
    for step in range(inputs.shape[1]):
        hidden = rnn_step(inputs[:, step], initial_hidden, kernel, recurrent_kernel, bias)
        hidden_states.append(hidden)
    return np.stack(hidden_states, axis=1)
