"""The network's gradients and the output layer's are clipped apart."""

LOSES = {
    "test-training-step-clipped": "Are all five gradients clipped together",
}


# %% training-step
def training_step(parameters, inputs, targets, learning_rate, max_norm):
    kernel, recurrent_kernel, bias = (parameters[name] for name in ("kernel", "recurrent_kernel", "bias"))
    start = np.zeros((len(inputs), len(bias)))
    states = rnn_forward(inputs, start, kernel, recurrent_kernel, bias)
    loss, above = forecast_loss(states, parameters["output_kernel"], parameters["output_bias"], targets)
    below = rnn_backward(above["hidden_states"], inputs, states, start, kernel, recurrent_kernel)
    gradients = {name: {**above, **below}[name] for name in parameters}
    clipped = {}
    for part in (above, below):
        mine = {name: part[name] for name in part if name in parameters}
        clipped.update(clip_by_global_norm(mine, max_norm)[0])
    return {name: parameters[name] - learning_rate * clipped[name] for name in parameters}, loss
