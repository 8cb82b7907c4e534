"""Right: a loop over the batch inside, one row at a time, with lists."""

LOSES = {}


# %% rnn-step
def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    rows = []
    for row in range(len(inputs)):
        rows.append(np.tanh(inputs[row] @ kernel + hidden[row] @ recurrent_kernel + bias))
    return np.array(rows)


# %% rnn-forward
def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias):
    batch = []
    for sequence, hidden in zip(inputs, initial_hidden):
        states = []
        for row in sequence:
            hidden = np.tanh(row @ kernel + hidden @ recurrent_kernel + bias)
            states.append(hidden)
        batch.append(states)
    return np.array(batch)


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    gradients = {
        "inputs": np.zeros_like(inputs),
        "hidden": np.zeros_like(previous_hidden),
        "kernel": np.zeros_like(kernel),
        "recurrent_kernel": np.zeros_like(recurrent_kernel),
        "bias": np.zeros(kernel.shape[1]),
    }
    for row in range(len(inputs)):
        slope = hidden_gradient[row] * (1 - hidden[row] ** 2)
        gradients["inputs"][row] = kernel @ slope
        gradients["hidden"][row] = recurrent_kernel @ slope
        gradients["kernel"] += np.outer(inputs[row], slope)
        gradients["recurrent_kernel"] += np.outer(previous_hidden[row], slope)
        gradients["bias"] += slope
    return gradients
