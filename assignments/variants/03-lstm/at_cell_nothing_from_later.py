"""What comes back from the next step is left out."""

LOSES = {
    "test-gradient-at-cell-state-direct": "is zero everywhere.*Does anything act on it here",
    "test-gradient-at-cell-state-shown": "gradient of 'cell_state'.*as a function of c",
    "test-lstm-step-backward-cell-state": "'cell_state' is zero.*does the whole gradient of the new one",
    "test-lstm-step-backward-weights": "gradient of 'bias'.*what becomes of the rows",
    "test-lstm-step-backward-inputs": "gradient of 'inputs'.*Which matrix carries their slopes back to it",
    "test-lstm-backward-cell-path": "'inputs'.*only at the last place.*The recurrent kernel is zero here",
    "test-lstm-backward-every-state": "'inputs'.*only at the last place.*Where does it enter the walk",
    "test-lstm-backward-parameters": "gradient of 'bias'.*what becomes of the shares",
    "test-lstm-backward-initial-states": "gradient of 'initial_hidden'.*at the end of the walk",
}


# %% gradient-at-cell-state
def gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, output_gate):
    return hidden_gradient * output_gate * (1 - np.tanh(cell_state) ** 2)
