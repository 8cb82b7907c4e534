"""The bias of the product is added outside the reset gate."""

LOSES = {
    "test-candidate-after-closed": "Which terms does the gate close",
    "test-candidate-after-side": "What does the gate multiply here",
    "test-gru-step-reset-after": "What is left of the candidate",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% candidate-after
def candidate_after(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel + bias[0] + reset * (hidden @ recurrent_kernel) + bias[1])
