"""reset_after is not handed on to the step."""

LOSES = {
    "test-gru-forward-chain": "too many values to unpack",
    "test-gru-forward-keras": "too many values to unpack",
}


# %% gru-forward
def gru_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias, mask=None, reset_after=True):
    hidden, hidden_states = initial_hidden, []
    for step in range(inputs.shape[1]):
        new = gru_step(inputs[:, step], hidden, kernel, recurrent_kernel, bias)
        hidden = new if mask is None else np.where(mask[:, step, None], new, hidden)
        hidden_states.append(hidden)
    return np.stack(hidden_states, axis=1)
