"""The reset gate acts after the matrix product where it should act before it."""

LOSES = {
    "test-candidate-before-side": "What does the gate multiply here",
    "test-gru-step-reset-before": "for the two units of exercises 2 and 3",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% candidate-before
def candidate_before(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel + reset * (hidden @ recurrent_kernel) + bias)
