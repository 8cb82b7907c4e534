"""The step mixes the rows into one."""

LOSES = {
    "test-gru-step-shapes": "Axis 0 .size 3. is missing",
    "test-gru-step-mixing": "An update gate at 1 keeps the state",
    "test-gru-step-reset-before": "What is left of the candidate",
    "test-gru-step-reset-after": "What is left of the candidate",
    "test-gru-forward-shapes": "tuple index out of range",
    "test-gru-forward-chain": "tuple index out of range",
    "test-gru-forward-mask": "tuple index out of range",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gru-step
def gru_step(inputs, hidden, kernel, recurrent_kernel, bias, reset_after=True):
    last = slice(2 * hidden.shape[1], None)
    own = kernel[:, last], recurrent_kernel[:, last], bias[..., last]
    gate_bias = bias.sum(axis=0) if reset_after else bias
    update, reset = gates(inputs, hidden, kernel, recurrent_kernel, gate_bias)
    make_candidate = candidate_after if reset_after else candidate_before
    return (update * hidden + (1 - update) * make_candidate(inputs, hidden, reset, *own)).mean(axis=0)
