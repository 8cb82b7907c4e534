"""The candidate gets the slope of a sigmoid."""

LOSES = {
    "test-gate-slopes-write": "gradient of 'candidate'.*What was the candidate multiplied with",
    "test-lstm-step-backward-weights": "gradient of 'bias'.*what becomes of the rows",
    "test-lstm-step-backward-inputs": "gradient of 'inputs'.*Which matrix carries their slopes back to it",
    "test-lstm-backward-one-step": "gradient of 'inputs'.*compare with lstm_step_backward",
    "test-lstm-backward-cell-path": "gradient of 'inputs'.*The recurrent kernel is zero here",
    "test-lstm-backward-hidden-path": "gradient of 'inputs'.*The forget gate is shut here",
    "test-lstm-backward-every-state": "gradient of 'inputs'.*Where does it enter the walk",
    "test-lstm-backward-parameters": "gradient of 'bias'.*what becomes of the shares",
    "test-lstm-backward-initial-states": "gradient of 'initial_hidden'.*at the end of the walk",
}


# %% gate-slopes
def gate_slopes(hidden_gradient, cell_gradient, previous_cell_state, cell_state, gates):
    i, f, g, o = (gates[name] for name in GATES)
    to_input = cell_gradient * g * i * (1 - i)
    to_forget = cell_gradient * previous_cell_state * f * (1 - f)
    to_candidate = cell_gradient * i * g * (1 - g)
    to_output = hidden_gradient * np.tanh(cell_state) * o * (1 - o)
    return np.concatenate([to_input, to_forget, to_candidate, to_output], axis=1)
