"""The gradient enters at every state, though the forecast uses the last."""

LOSES = {
    "test-forecast-loss-states": "same values at every place of axis 1 .timesteps.*Which of the states",
    "test-training-step-direction": "gradient of",
}


# %% forecast-loss
def forecast_loss(hidden_states, output_kernel, output_bias, targets):
    last = hidden_states[:, -1]  # (batch, units)
    errors = last @ output_kernel + output_bias - targets  # (batch, outputs)
    slope = 2 * errors / errors.size
    hidden_gradients = np.zeros(hidden_states.shape)
    hidden_gradients[:] = (slope @ output_kernel.T)[:, None]
    gradients = {
        "hidden_states": hidden_gradients,
        "output_kernel": last.T @ slope,
        "output_bias": slope.sum(axis=0),
    }
    return (errors**2).mean(), gradients
