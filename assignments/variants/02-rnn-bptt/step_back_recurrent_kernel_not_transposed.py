"""The state before gets its gradient through the recurrent kernel, not its transpose."""

LOSES = {
    "test-rnn-step-backward-inputs": "gradient of 'hidden'",
    "test-rnn-backward-one-step": r"gradient of '\w+' ",
    "test-rnn-backward-inputs": r"gradient of '\w+' ",
    "test-rnn-backward-every-state": r"gradient of '\w+' ",
    "test-rnn-backward-parameters": r"gradient of '\w+' ",
    "test-rnn-backward-initial-state": r"gradient of '\w+' ",
    "test-training-step-direction": "gradient of",
}


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    slope = hidden_gradient * (1 - hidden * hidden)  # (batch, units)
    return {
        "inputs": slope @ kernel.T,
        "hidden": slope @ recurrent_kernel,
        "kernel": inputs.T @ slope,
        "recurrent_kernel": previous_hidden.T @ slope,
        "bias": slope.sum(axis=0),
    }
