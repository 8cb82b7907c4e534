"""The gradients of the weights are averaged over the batch."""

LOSES = {
    "test-rnn-step-backward-bias": "'bias' is off by a factor of 0.3333.*1/batch",
    "test-rnn-step-backward-kernels": "'kernel' is off by a factor of 0.3333.*1/batch",
    "test-rnn-backward-one-step": "1/batch",
    "test-rnn-backward-parameters": "1/batch",
    "test-training-step-direction": "1/batch",
}


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    slope = hidden_gradient * (1 - hidden * hidden)  # (batch, units)
    return {
        "inputs": slope @ kernel.T,
        "hidden": slope @ recurrent_kernel.T,
        "kernel": inputs.T @ slope / len(slope),
        "recurrent_kernel": previous_hidden.T @ slope / len(slope),
        "bias": slope.mean(axis=0),
    }
