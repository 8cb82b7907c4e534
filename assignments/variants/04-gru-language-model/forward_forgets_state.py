"""Every step starts from the initial state."""

LOSES = {
    "test-gru-forward-chain": "by one gru_step of that form",
    "test-gru-forward-keras": "with these weights is what came out",
}


# %% gru-forward
def gru_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias, mask=None, reset_after=True):
    hidden, hidden_states = initial_hidden, []
    for step in range(inputs.shape[1]):
        new = gru_step(inputs[:, step], initial_hidden, kernel, recurrent_kernel, bias, reset_after)
        hidden = new if mask is None else np.where(mask[:, step, None], new, hidden)
        hidden_states.append(hidden)
    return np.stack(hidden_states, axis=1)
