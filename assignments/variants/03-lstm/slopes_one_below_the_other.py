"""The four blocks are put below each other."""

LOSES = {
    "test-gate-slopes-shapes": "has shape .12, 4.",
    "test-gate-slopes-write": "has shape .12, 4.",
    "test-gate-slopes-forget": "has shape .12, 4.",
    "test-gate-slopes-output": "has shape .12, 4.",
    "test-lstm-step-backward-shapes": "matmul",
    "test-lstm-step-backward-cell-state": "matmul",
    "test-lstm-step-backward-weights": "matmul",
    "test-lstm-step-backward-inputs": "matmul",
    "test-lstm-backward-one-step": "matmul",
    "test-lstm-backward-cell-path": "matmul",
    "test-lstm-backward-hidden-path": "matmul",
    "test-lstm-backward-every-state": "matmul",
    "test-lstm-backward-parameters": "matmul",
    "test-lstm-backward-initial-states": "matmul",
    "test-lstm-backward-pure": "matmul",
}


# %% gate-slopes
def gate_slopes(hidden_gradient, cell_gradient, previous_cell_state, cell_state, gates):
    i, f, g, o = (gates[name] for name in GATES)
    to_input = cell_gradient * g * i * (1 - i)
    to_forget = cell_gradient * previous_cell_state * f * (1 - f)
    to_candidate = cell_gradient * i * (1 - g * g)
    to_output = hidden_gradient * np.tanh(cell_state) * o * (1 - o)
    return np.concatenate([to_input, to_forget, to_candidate, to_output], axis=0)
