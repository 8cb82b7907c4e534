"""The gradient of the kernel comes back transposed."""

LOSES = {
    "test-rnn-step-backward-shapes": r"gradients\[.kernel.\] has shape \(4, 2\).*exchanged",
    "test-rnn-step-backward-kernels": "It is transposed",
    "test-rnn-backward-one-step": "Axes 0 and 1 are exchanged",
    "test-rnn-backward-parameters": "'kernel' has shape .*It is transposed",
    "test-training-step-direction": "new_parameters..kernel.. has shape",
    "test-training-step-clipped": "length of the step",
    "test-training-step-learns": "new_parameters..kernel.. has shape",
}


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    slope = hidden_gradient * (1 - hidden * hidden)  # (batch, units)
    return {
        "inputs": slope @ kernel.T,
        "hidden": slope @ recurrent_kernel.T,
        "kernel": slope.T @ inputs,
        "recurrent_kernel": previous_hidden.T @ slope,
        "bias": slope.sum(axis=0),
    }
