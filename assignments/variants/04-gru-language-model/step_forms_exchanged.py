"""The two forms of the candidate are exchanged as far as biases allow."""

LOSES = {
    "test-gru-step-reset-before": "for the two units of exercises 2 and 3",
    "test-gru-step-reset-after": "What is left of the candidate",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gru-step
def gru_step(inputs, hidden, kernel, recurrent_kernel, bias, reset_after=True):
    last = slice(2 * hidden.shape[1], None)
    W, U, b = kernel[:, last], recurrent_kernel[:, last], bias[..., last]
    update, reset = gates(inputs, hidden, kernel, recurrent_kernel, bias.sum(axis=0) if reset_after else bias)
    if reset_after:
        candidate = candidate_before(inputs, hidden, reset, W, U, b.sum(axis=0))
    else:
        candidate = candidate_after(inputs, hidden, reset, W, U, np.stack([b, 0 * b]))
    return update * hidden + (1 - update) * candidate
