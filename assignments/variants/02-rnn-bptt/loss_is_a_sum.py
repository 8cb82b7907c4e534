"""The squared errors are added up, not averaged."""

LOSES = {
    "test-forecast-loss-value": "expected 2.5, got 5",
    "test-forecast-loss-output": "size of entries: is a sum",
    "test-forecast-loss-states": "size of entries",
    "test-training-step-loss": "The loss",
    "test-training-step-direction": "is a sum taken",
}


# %% forecast-loss
def forecast_loss(hidden_states, output_kernel, output_bias, targets):
    last = hidden_states[:, -1]  # (batch, units)
    errors = last @ output_kernel + output_bias - targets  # (batch, outputs)
    slope = 2 * errors
    hidden_gradients = np.zeros(hidden_states.shape)
    hidden_gradients[:, -1] = slope @ output_kernel.T
    gradients = {
        "hidden_states": hidden_gradients,
        "output_kernel": last.T @ slope,
        "output_bias": slope.sum(axis=0),
    }
    return (errors**2).sum(), gradients
