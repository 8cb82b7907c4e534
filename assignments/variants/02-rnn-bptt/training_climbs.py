"""The step goes uphill."""

LOSES = {
    "test-training-step-direction": "wrong sign everywhere.*old - new",
    "test-training-step-learns": "After 60 steps.*downhill",
}


# %% training-step
def training_step(parameters, inputs, targets, learning_rate, max_norm):
    kernel, recurrent_kernel, bias = (parameters[name] for name in ("kernel", "recurrent_kernel", "bias"))
    start = np.zeros((len(inputs), len(bias)))
    states = rnn_forward(inputs, start, kernel, recurrent_kernel, bias)
    loss, above = forecast_loss(states, parameters["output_kernel"], parameters["output_bias"], targets)
    below = rnn_backward(above["hidden_states"], inputs, states, start, kernel, recurrent_kernel)
    gradients = {name: {**above, **below}[name] for name in parameters}
    clipped, _ = clip_by_global_norm(gradients, max_norm)
    return {name: parameters[name] + learning_rate * clipped[name] for name in parameters}, loss
