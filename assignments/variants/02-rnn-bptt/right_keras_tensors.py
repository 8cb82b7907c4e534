"""Right: the NumPy exercises answered with keras.ops in float64, which gives tensors."""

LOSES = {}


# %% rnn-step
def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    inputs, hidden, kernel, recurrent_kernel, bias = (
        keras.ops.convert_to_tensor(value, dtype="float64")
        for value in (inputs, hidden, kernel, recurrent_kernel, bias)
    )
    return keras.ops.tanh(inputs @ kernel + hidden @ recurrent_kernel + bias)


# %% rnn-forward
def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias):
    states = [initial_hidden]
    for step in range(inputs.shape[1]):
        states.append(
            keras.ops.convert_to_numpy(rnn_step(inputs[:, step], states[-1], kernel, recurrent_kernel, bias))
        )
    return keras.ops.stack(states[1:], axis=1)


# %% rnn-backward
def rnn_backward(hidden_gradients, inputs, hidden_states, initial_hidden, kernel, recurrent_kernel):
    hidden_states = np.asarray(hidden_states)
    totals = {"inputs": np.zeros(inputs.shape), "kernel": 0.0, "recurrent_kernel": 0.0, "bias": 0.0}
    from_later = np.zeros(initial_hidden.shape)
    for step in reversed(range(inputs.shape[1])):
        previous_hidden = hidden_states[:, step - 1] if step > 0 else initial_hidden
        gradients = rnn_step_backward(
            hidden_gradients[:, step] + from_later,
            inputs[:, step],
            previous_hidden,
            hidden_states[:, step],
            kernel,
            recurrent_kernel,
        )
        totals["inputs"][:, step] = gradients["inputs"]
        for name in ("kernel", "recurrent_kernel", "bias"):
            totals[name] += gradients[name]
        from_later = gradients["hidden"]
    totals["initial_hidden"] = from_later
    return totals


# %% training-step
def training_step(parameters, inputs, targets, learning_rate, max_norm):
    kernel, recurrent_kernel, bias = (parameters[name] for name in ("kernel", "recurrent_kernel", "bias"))
    start = np.zeros((len(inputs), len(bias)))
    states = rnn_forward(inputs, start, kernel, recurrent_kernel, bias)
    states = np.asarray(states)
    loss, above = forecast_loss(states, parameters["output_kernel"], parameters["output_bias"], targets)
    below = rnn_backward(above["hidden_states"], inputs, states, start, kernel, recurrent_kernel)
    gradients = {name: {**above, **below}[name] for name in parameters}
    clipped, _ = clip_by_global_norm(gradients, max_norm)
    return {name: parameters[name] - learning_rate * clipped[name] for name in parameters}, loss
