"""The step is linear: the tanh is missing."""

LOSES = {
    "test-rnn-step-input-term": "activation is not applied",
    "test-rnn-step-recurrent-term": "activation is not applied",
    "test-rnn-step-bias": "activation is not applied",
    "test-rnn-step-together": "differs",
    "test-rnn-forward-keras": "SimpleRNN with these weights",
    "test-training-step-loss": "The loss ",
    "test-training-step-direction": r"gradient of '\w+' ",
    "test-training-step-learns": "After 60 steps",
}


# %% rnn-step
def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    return inputs @ kernel + hidden @ recurrent_kernel + bias
