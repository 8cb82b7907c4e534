"""Each term of a gate goes through a sigmoid of its own."""

LOSES = {
    "test-gates-together": "each term alone is right",
    "test-gru-step-mixing": "An update gate at 1 keeps the state",
    "test-gru-step-reset-before": "What is left of the candidate",
    "test-gru-step-reset-after": "What is left of the candidate",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gates
def gates(inputs, hidden, kernel, recurrent_kernel, bias):
    units = hidden.shape[1]
    both = sigmoid(inputs @ kernel) + sigmoid(hidden @ recurrent_kernel + bias) - 0.5
    return both[:, :units], both[:, units : 2 * units]
