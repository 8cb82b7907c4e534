"""The recurrence runs over the rows of the batch, each step of a sequence on its own."""

LOSES = {
    "test-rnn-forward-first-step": "Which state",
    "test-rnn-forward-carries-state": "should follow from",
    "test-rnn-forward-rows": "over the batch instead of the steps",
    "test-rnn-forward-keras": "SimpleRNN with these weights",
    "test-training-step-loss": "The loss ",
    "test-training-step-direction": r"gradient of '\w+' ",
    "test-training-step-learns": "After 60 steps",
}


# %% rnn-forward
def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias):
    hidden = np.zeros((inputs.shape[1], len(bias)))
    hidden_states = []
    for row in inputs:  # (timesteps, features)
        hidden = rnn_step(row, hidden, kernel, recurrent_kernel, bias)
        hidden_states.append(hidden)
    return np.stack(hidden_states)
