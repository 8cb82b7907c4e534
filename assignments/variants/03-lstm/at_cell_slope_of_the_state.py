"""The cell state is taken for its tanh in the slope."""

LOSES = {
    "test-gradient-at-cell-state-shown": "gradient of 'cell_state'.*as a function of c",
    "test-lstm-step-backward-cell-state": "'cell_state'.*does the whole gradient of the new one",
    "test-lstm-step-backward-weights": "gradient of 'bias'.*what becomes of the rows",
    "test-lstm-step-backward-inputs": "gradient of 'inputs'.*Which matrix carries their slopes back to it",
    "test-lstm-backward-one-step": "gradient of 'inputs'.*compare with lstm_step_backward",
    "test-lstm-backward-cell-path": "gradient of 'inputs'.*The recurrent kernel is zero here",
    "test-lstm-backward-hidden-path": "gradient of 'inputs'.*The forget gate is shut here",
    "test-lstm-backward-every-state": "gradient of 'inputs'.*Where does it enter the walk",
    "test-lstm-backward-parameters": "gradient of 'bias'.*what becomes of the shares",
    "test-lstm-backward-initial-states": "gradient of 'initial_hidden'.*at the end of the walk",
}


# %% gradient-at-cell-state
def gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, output_gate):
    return cell_gradient + hidden_gradient * output_gate * (1 - cell_state**2)
