"""The candidate ignores the reset gate."""

LOSES = {
    "test-candidate-before-closed": "Nothing of the previous state should arrive",
    "test-candidate-before-side": "What does the gate multiply here",
    "test-gru-step-reset-before": "What is left of the candidate",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% candidate-before
def candidate_before(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel + hidden @ recurrent_kernel + bias)
