"""z and 1 - z are exchanged: the update gate takes the candidate."""

LOSES = {
    "test-gru-step-mixing": "An update gate at 1 keeps the state",
    "test-gru-step-reset-before": "What is left of the candidate",
    "test-gru-step-reset-after": "What is left of the candidate",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gru-step
def gru_step(inputs, hidden, kernel, recurrent_kernel, bias, reset_after=True):
    last = slice(2 * hidden.shape[1], None)
    own = kernel[:, last], recurrent_kernel[:, last], bias[..., last]
    gate_bias = bias.sum(axis=0) if reset_after else bias
    update, reset = gates(inputs, hidden, kernel, recurrent_kernel, gate_bias)
    make_candidate = candidate_after if reset_after else candidate_before
    return (1 - update) * hidden + update * make_candidate(inputs, hidden, reset, *own)
