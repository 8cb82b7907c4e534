"""Right: recursion instead of a loop, forwards and backwards."""

LOSES = {}


# %% rnn-forward
def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias):
    first = rnn_step(inputs[:, 0], initial_hidden, kernel, recurrent_kernel, bias)
    if inputs.shape[1] == 1:
        return first[:, None]
    rest = rnn_forward(inputs[:, 1:], first, kernel, recurrent_kernel, bias)
    return np.concatenate([first[:, None], rest], axis=1)


# %% rnn-backward
def rnn_backward(hidden_gradients, inputs, hidden_states, initial_hidden, kernel, recurrent_kernel):
    later, arriving = None, hidden_gradients[:, 0]
    if inputs.shape[1] > 1:
        later = rnn_backward(
            hidden_gradients[:, 1:],
            inputs[:, 1:],
            hidden_states[:, 1:],
            hidden_states[:, 0],
            kernel,
            recurrent_kernel,
        )
        arriving = arriving + later["initial_hidden"]
    here = rnn_step_backward(
        arriving, inputs[:, 0], initial_hidden, hidden_states[:, 0], kernel, recurrent_kernel
    )
    gradients = {"initial_hidden": here["hidden"], "inputs": here["inputs"][:, None]}
    for name in ("kernel", "recurrent_kernel", "bias"):
        gradients[name] = here[name] + (later[name] if later else 0.0)
    if later:
        gradients["inputs"] = np.concatenate([gradients["inputs"], later["inputs"]], axis=1)
    return gradients
