"""The gates do not see the previous state."""

LOSES = {
    "test-gates-recurrent-term": "is missing: the result is the same",
    "test-gates-together": "is missing: the result is the same",
    "test-gru-step-reset-before": "Does every block of every weight",
    "test-gru-step-reset-after": "Does every block of every weight",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gates
def gates(inputs, hidden, kernel, recurrent_kernel, bias):
    units = hidden.shape[1]
    both = sigmoid(inputs @ kernel + bias)
    return both[:, :units], both[:, units : 2 * units]
