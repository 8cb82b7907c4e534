"""The 2 of the square's slope is missing."""

LOSES = {
    "test-forecast-loss-output": "factor of 0.5 everywhere",
    "test-forecast-loss-states": "factor of 0.5 everywhere",
    "test-training-step-direction": "factor of 0.5",
}


# %% forecast-loss
def forecast_loss(hidden_states, output_kernel, output_bias, targets):
    last = hidden_states[:, -1]  # (batch, units)
    errors = last @ output_kernel + output_bias - targets  # (batch, outputs)
    slope = errors / errors.size
    hidden_gradients = np.zeros(hidden_states.shape)
    hidden_gradients[:, -1] = slope @ output_kernel.T
    gradients = {
        "hidden_states": hidden_gradients,
        "output_kernel": last.T @ slope,
        "output_bias": slope.sum(axis=0),
    }
    return (errors**2).mean(), gradients
