"""The slope of the tanh is taken at the state, as if it were the sum before the tanh."""

LOSES = {
    "test-rnn-step-backward-bias": "Compare with the slope of the tanh",
    "test-rnn-step-backward-kernels": "gradient of 'kernel'",
    "test-rnn-step-backward-inputs": "gradient of 'inputs'",
    "test-rnn-backward-one-step": r"gradient of '\w+' ",
    "test-rnn-backward-inputs": r"gradient of '\w+' ",
    "test-rnn-backward-every-state": r"gradient of '\w+' ",
    "test-rnn-backward-parameters": r"gradient of '\w+' ",
    "test-rnn-backward-initial-state": r"gradient of '\w+' ",
    "test-training-step-direction": "gradient of 'kernel'",
}


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    slope = hidden_gradient * (1 - np.tanh(hidden) ** 2)  # (batch, units)
    return {
        "inputs": slope @ kernel.T,
        "hidden": slope @ recurrent_kernel.T,
        "kernel": inputs.T @ slope,
        "recurrent_kernel": previous_hidden.T @ slope,
        "bias": slope.sum(axis=0),
    }
