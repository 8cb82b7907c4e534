"""The inputs are halved in place after they were used, and the caller still needs them."""

LOSES = {
    "test-lstm-gates-shapes": "lstm_gates changes its argument 'inputs' in place",
    "test-lstm-step-shapes": "lstm_step changes its argument 'inputs' in place",
    "test-lstm-forward-shapes": "lstm_forward changes its argument 'inputs' in place",
}


# %% lstm-gates
def lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias):
    sums = inputs @ kernel + hidden @ recurrent_kernel + bias
    inputs *= 0.5  # (batch, features)
    blocks = np.split(sums, 4, axis=1)  # (batch, units) each
    gates = {name: sigmoid(block) for name, block in zip(GATES, blocks)}
    gates["candidate"] = np.tanh(blocks[2])
    return gates
