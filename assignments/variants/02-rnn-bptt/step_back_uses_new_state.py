"""The recurrent kernel's gradient uses the state after the step."""

LOSES = {
    "test-rnn-step-backward-kernels": "'recurrent_kernel'.*Which of the arguments did the recurrent",
    "test-rnn-backward-one-step": "'recurrent_kernel'",
    "test-rnn-backward-parameters": "'recurrent_kernel'",
    "test-training-step-direction": "'recurrent_kernel'",
}


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    slope = hidden_gradient * (1 - hidden * hidden)  # (batch, units)
    return {
        "inputs": slope @ kernel.T,
        "hidden": slope @ recurrent_kernel.T,
        "kernel": inputs.T @ slope,
        "recurrent_kernel": hidden.T @ slope,
        "bias": slope.sum(axis=0),
    }
