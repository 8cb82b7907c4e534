"""Of the gates only the forget gate comes back; the others are zeros."""

LOSES = {
    "test-lstm-forward-gates": 'gates."input".*third result of lstm_forward is zero.*under their names',
}


# %% lstm-forward
def lstm_forward(inputs, initial_hidden, initial_cell_state, kernel, recurrent_kernel, bias):
    shape = (*inputs.shape[:2], initial_hidden.shape[1])
    hidden_states, cell_states = np.zeros(shape), np.zeros(shape)
    gates = {name: np.zeros(shape) for name in GATES}
    hidden, cell_state = initial_hidden, initial_cell_state
    for step in range(inputs.shape[1]):
        hidden, cell_state, now = lstm_step(
            inputs[:, step], hidden, cell_state, kernel, recurrent_kernel, bias
        )
        hidden_states[:, step], cell_states[:, step] = hidden, cell_state
        gates["forget"][:, step] = now["forget"]
    return hidden_states, cell_states, gates
