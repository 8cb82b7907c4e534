"""The step applies the tanh to each term and then adds."""

LOSES = {
    "test-rnn-step-together": "differs",
    "test-rnn-forward-keras": "SimpleRNN with these weights",
    "test-training-step-loss": "The loss ",
    "test-training-step-direction": r"gradient of '\w+' ",
}


# %% rnn-step
def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel) + np.tanh(hidden @ recurrent_kernel) + np.tanh(bias)
