"""The gradient of the bias keeps an entry for every row."""

LOSES = {
    "test-rnn-step-backward-shapes": "Axis 0 .size 3. is one too many",
    "test-rnn-step-backward-bias": "axes too many in front",
    "test-rnn-backward-one-step": "Axis 0 .size 3. is one too many",
    "test-rnn-backward-parameters": "axes too many in front",
    "test-training-step-direction": "new_parameters..bias.. has shape",
    "test-training-step-learns": "new_parameters..bias.. has shape",
}


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    slope = hidden_gradient * (1 - hidden * hidden)  # (batch, units)
    return {
        "inputs": slope @ kernel.T,
        "hidden": slope @ recurrent_kernel.T,
        "kernel": inputs.T @ slope,
        "recurrent_kernel": previous_hidden.T @ slope,
        "bias": slope,
    }
