"""The candidate's recurrent kernel is transposed."""

LOSES = {
    "test-candidate-before-open": "transposed",
    "test-candidate-before-side": "What does the gate multiply here",
    "test-gru-step-reset-before": "Does every block of every weight",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% candidate-before
def candidate_before(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel + (reset * hidden) @ recurrent_kernel.T + bias)
