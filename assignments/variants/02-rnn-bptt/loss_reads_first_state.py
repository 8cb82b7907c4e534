"""The forecast is made from the first state."""

LOSES = {
    "test-forecast-loss-value": "The loss",
    "test-forecast-loss-output": "gradient of",
    "test-forecast-loss-states": "gradient of",
    "test-training-step-loss": "The loss",
    "test-training-step-direction": "gradient of",
    "test-training-step-learns": "After 60 steps",
}


# %% forecast-loss
def forecast_loss(hidden_states, output_kernel, output_bias, targets):
    last = hidden_states[:, 0]  # (batch, units)
    errors = last @ output_kernel + output_bias - targets  # (batch, outputs)
    slope = 2 * errors / errors.size
    hidden_gradients = np.zeros(hidden_states.shape)
    hidden_gradients[:, 0] = slope @ output_kernel.T
    gradients = {
        "hidden_states": hidden_gradients,
        "output_kernel": last.T @ slope,
        "output_bias": slope.sum(axis=0),
    }
    return (errors**2).mean(), gradients
