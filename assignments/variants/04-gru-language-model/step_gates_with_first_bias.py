"""The gates get the bias of the inputs and not that of the product."""

LOSES = {
    "test-gru-step-reset-after": "Does every block of every weight",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gru-step
def gru_step(inputs, hidden, kernel, recurrent_kernel, bias, reset_after=True):
    last = slice(2 * hidden.shape[1], None)
    own = kernel[:, last], recurrent_kernel[:, last], bias[..., last]
    gate_bias = bias[0] if reset_after else bias
    update, reset = gates(inputs, hidden, kernel, recurrent_kernel, gate_bias)
    make_candidate = candidate_after if reset_after else candidate_before
    return update * hidden + (1 - update) * make_candidate(inputs, hidden, reset, *own)
