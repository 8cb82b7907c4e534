"""Right: recursion instead of loops, forwards and backwards."""

LOSES = {}


# %% lstm-forward
def lstm_forward(inputs, initial_hidden, initial_cell_state, kernel, recurrent_kernel, bias):
    weights = (kernel, recurrent_kernel, bias)
    hidden, cell_state, gates = lstm_step(inputs[:, 0], initial_hidden, initial_cell_state, *weights)
    first = [hidden[:, None], cell_state[:, None], {name: gate[:, None] for name, gate in gates.items()}]
    if inputs.shape[1] == 1:
        return first
    rest = lstm_forward(inputs[:, 1:], hidden, cell_state, *weights)
    gates = {name: np.concatenate([first[2][name], rest[2][name]], axis=1) for name in first[2]}
    return [*(np.concatenate([first[place], rest[place]], axis=1) for place in (0, 1)), gates]


# %% lstm-backward
def lstm_backward(
    hidden_gradients,
    inputs,
    hidden_states,
    cell_states,
    gates,
    initial_hidden,
    initial_cell_state,
    kernel,
    recurrent_kernel,
):
    later = {"initial_hidden": 0.0, "initial_cell_state": np.zeros(initial_cell_state.shape)}
    if inputs.shape[1] > 1:
        later = lstm_backward(
            hidden_gradients[:, 1:],
            inputs[:, 1:],
            hidden_states[:, 1:],
            cell_states[:, 1:],
            {name: gate[:, 1:] for name, gate in gates.items()},
            hidden_states[:, 0],
            cell_states[:, 0],
            kernel,
            recurrent_kernel,
        )
    here = lstm_step_backward(
        hidden_gradients[:, 0] + later["initial_hidden"],
        later["initial_cell_state"],
        inputs[:, 0],
        initial_hidden,
        initial_cell_state,
        cell_states[:, 0],
        {name: gate[:, 0] for name, gate in gates.items()},
        kernel,
        recurrent_kernel,
    )
    gradients = {"initial_hidden": here["hidden"], "initial_cell_state": here["cell_state"]}
    for name in ("kernel", "recurrent_kernel", "bias"):
        gradients[name] = here[name] + later.get(name, 0.0)
    first = here["inputs"][:, None]
    gradients["inputs"] = np.concatenate([first, later["inputs"]], axis=1) if "inputs" in later else first
    return gradients


# %% memory-left
def memory_left(forget_gates):
    if forget_gates.shape[1] == 1:
        return np.ones(forget_gates.shape)
    rest = memory_left(forget_gates[:, 1:])
    return np.concatenate([rest[:, :1] * forget_gates[:, 1:2], rest], axis=1)
