"""The reset gate acts before the matrix product where it should act after it."""

LOSES = {
    "test-candidate-after-side": "What does the gate multiply here",
    "test-gru-step-reset-after": "for the two units of exercises 2 and 3",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% candidate-after
def candidate_after(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    return np.tanh(inputs @ kernel + bias[0] + (reset * hidden) @ recurrent_kernel + reset * bias[1])
