"""The initial state is ignored."""

LOSES = {
    "test-rnn-forward-first-step": "Which state and which input does the first step",
    "test-rnn-forward-keras": "SimpleRNN with these weights",
}


# %% rnn-forward
def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias):
    hidden = np.zeros(initial_hidden.shape)
    hidden_states = []
    for step in range(inputs.shape[1]):
        hidden = rnn_step(inputs[:, step], hidden, kernel, recurrent_kernel, bias)
        hidden_states.append(hidden)
    return np.stack(hidden_states, axis=1)
