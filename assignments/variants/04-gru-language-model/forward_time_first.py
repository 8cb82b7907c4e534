"""The result has the steps on its first axis."""

LOSES = {
    "test-gru-forward-shapes": "Two axes|are exchanged",
    "test-gru-forward-chain": "Two axes|are exchanged",
    "test-gru-forward-mask": "compared with the same row without padding",
    "test-gru-forward-keras": "Two axes|are exchanged",
}


# %% gru-forward
def gru_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias, mask=None, reset_after=True):
    hidden, hidden_states = initial_hidden, []
    for step in range(inputs.shape[1]):
        new = gru_step(inputs[:, step], hidden, kernel, recurrent_kernel, bias, reset_after)
        hidden = new if mask is None else np.where(mask[:, step, None], new, hidden)
        hidden_states.append(hidden)
    return np.stack(hidden_states, axis=0)
