"""Right: loops over rows, units and steps, filled into arrays made beforehand."""

LOSES = {}


# %% sigmoid
def sigmoid(values):
    result = np.empty(values.shape)
    positive = values >= 0
    result[positive] = 1 / (1 + np.exp(-values[positive]))
    result[~positive] = np.exp(values[~positive]) / (1 + np.exp(values[~positive]))
    return result


# %% lstm-step
def lstm_step(inputs, hidden, cell_state, kernel, recurrent_kernel, bias):
    gates = lstm_gates(inputs, hidden, kernel, recurrent_kernel, bias)
    new_cell_state, new_hidden = np.zeros(cell_state.shape), np.zeros(cell_state.shape)
    for row, unit in np.ndindex(cell_state.shape):
        i, f, g, o = (gates[name][row, unit] for name in ("input", "forget", "candidate", "output"))
        new_cell_state[row, unit] = i * g + f * cell_state[row, unit]
        new_hidden[row, unit] = o * np.tanh(new_cell_state[row, unit])
    return [new_hidden, new_cell_state, gates]


# %% lstm-forward
def lstm_forward(inputs, initial_hidden, initial_cell_state, kernel, recurrent_kernel, bias):
    batch, timesteps, _ = inputs.shape
    shape = (batch, timesteps, initial_hidden.shape[1])
    hidden_states, cell_states = np.empty(shape), np.empty(shape)
    gates = {name: np.empty(shape) for name in GATES}
    for row in range(batch):
        hidden, cell_state = initial_hidden[row : row + 1], initial_cell_state[row : row + 1]
        for step in range(timesteps):
            hidden, cell_state, now = lstm_step(
                inputs[row : row + 1, step], hidden, cell_state, kernel, recurrent_kernel, bias
            )
            hidden_states[row, step], cell_states[row, step] = hidden[0], cell_state[0]
            for name in GATES:
                gates[name][row, step] = now[name][0]
    return hidden_states, cell_states, gates


# %% gate-slopes
def gate_slopes(hidden_gradient, cell_gradient, previous_cell_state, cell_state, gates):
    batch, units = hidden_gradient.shape
    slopes = np.zeros((batch, 4 * units))
    for row in range(batch):
        for unit in range(units):
            i, f, g, o = (gates[name][row, unit] for name in ("input", "forget", "candidate", "output"))
            down = cell_gradient[row, unit]
            slopes[row, unit] = down * g * (i - i**2)
            slopes[row, units + unit] = down * previous_cell_state[row, unit] * (f - f**2)
            slopes[row, 2 * units + unit] = down * i * (1 - g**2)
            shown = np.tanh(cell_state[row, unit])
            slopes[row, 3 * units + unit] = hidden_gradient[row, unit] * shown * (o - o**2)
    return slopes
