"""The kernel is cut to its first blocks in place: the last one is set to zero."""

LOSES = {
    "test-gates-shapes": "changes its argument",
    "test-gru-step-shapes": "changes its argument",
    "test-gru-step-mixing": "An update gate at 0 lets",
    "test-gru-step-reset-before": "What is left of the candidate",
    "test-gru-step-reset-after": "What is left of the candidate",
    "test-gru-forward-shapes": "changes its argument",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gates
def gates(inputs, hidden, kernel, recurrent_kernel, bias):
    units = hidden.shape[1]
    kernel[:, 2 * units :] = 0.0
    both = sigmoid(inputs @ kernel + hidden @ recurrent_kernel + bias)
    return both[:, :units], both[:, units : 2 * units]
