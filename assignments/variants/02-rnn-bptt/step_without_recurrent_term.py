"""The step forgets the previous state."""

LOSES = {
    "test-rnn-step-recurrent-term": "recurrent term h·U is missing",
    "test-rnn-step-together": "differs",
    "test-rnn-forward-keras": "SimpleRNN with these weights",
    "test-training-step-loss": "The loss ",
    "test-training-step-direction": r"gradient of '\w+' ",
    "test-training-step-learns": "After 60 steps",
}


# %% rnn-step
def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel + bias)
