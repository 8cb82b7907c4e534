"""The reset gate is read from the first block: PyTorch's order."""

LOSES = {
    "test-gates-order": "belong to update, reset and candidate",
    "test-gates-input-term": "is missing: the result is the same",
    "test-gates-recurrent-term": "is missing: the result is the same",
    "test-gates-together": "is missing: the result is the same",
    "test-gru-step-mixing": "An update gate at 1 keeps the state",
    "test-gru-step-reset-before": "for the two units of exercises 2 and 3",
    "test-gru-step-reset-after": "for the two units of exercises 2 and 3",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gates
def gates(inputs, hidden, kernel, recurrent_kernel, bias):
    units = hidden.shape[1]
    both = sigmoid(inputs @ kernel + hidden @ recurrent_kernel + bias)
    return both[:, units : 2 * units], both[:, :units]
