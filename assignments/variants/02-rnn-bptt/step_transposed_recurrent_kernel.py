"""The step multiplies the state with the transposed recurrent kernel."""

LOSES = {
    "test-rnn-step-recurrent-term": "uses recurrent_kernel transposed",
    "test-rnn-forward-keras": "SimpleRNN with these weights",
    "test-rnn-step-together": "recurrent_kernel transposed",
    "test-training-step-loss": "The loss ",
    "test-training-step-direction": r"gradient of '\w+' ",
    "test-training-step-learns": "After 60 steps",
}


# %% rnn-step
def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel + hidden @ recurrent_kernel.T + bias)
