"""Padding is read like any other step."""

LOSES = {
    "test-gru-forward-mask": "It should be the state before it",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gru-forward
def gru_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias, mask=None, reset_after=True):
    hidden, hidden_states = initial_hidden, []
    for step in range(inputs.shape[1]):
        new = gru_step(inputs[:, step], hidden, kernel, recurrent_kernel, bias, reset_after)
        hidden = new
        hidden_states.append(hidden)
    return np.stack(hidden_states, axis=1)
