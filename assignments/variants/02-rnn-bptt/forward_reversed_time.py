"""The sequence is read from its end to its beginning."""

LOSES = {
    "test-rnn-forward-first-step": "Which state and which input",
    "test-rnn-forward-carries-state": "should follow from",
    "test-rnn-forward-causal": "seems to be read backwards",
    "test-rnn-forward-keras": "SimpleRNN with these weights",
    "test-training-step-loss": "The loss ",
    "test-training-step-direction": r"gradient of '\w+' ",
    "test-training-step-learns": "After 60 steps",
}


# %% rnn-forward
def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias):
    hidden = initial_hidden
    hidden_states = []
    for step in reversed(range(inputs.shape[1])):
        hidden = rnn_step(inputs[:, step], hidden, kernel, recurrent_kernel, bias)
        hidden_states.append(hidden)
    return np.stack(hidden_states[::-1], axis=1)
