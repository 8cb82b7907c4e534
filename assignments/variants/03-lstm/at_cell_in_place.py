"""The gradient of the next step is overwritten."""

LOSES = {
    "test-gradient-at-cell-state-shown": "changes its argument .cell_gradient. in place",
    "test-lstm-step-backward-shapes": "changes its argument .cell_gradient. in place",
}


# %% gradient-at-cell-state
def gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, output_gate):
    cell_gradient += hidden_gradient * output_gate * (1 - np.tanh(cell_state) ** 2)
    return cell_gradient
