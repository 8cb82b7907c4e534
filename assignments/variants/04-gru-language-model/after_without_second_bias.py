"""The bias of the product is forgotten."""

LOSES = {
    "test-candidate-after-open": "is missing: the result is the same",
    "test-candidate-after-side": "What does the gate multiply here",
    "test-gru-step-reset-after": "Does every block of every weight",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% candidate-after
def candidate_after(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel + bias[0] + reset * (hidden @ recurrent_kernel))
