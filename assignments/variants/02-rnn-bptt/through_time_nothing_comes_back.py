"""A state gets what the loss sends to it, and nothing from the step after."""

LOSES = {
    "test-rnn-backward-inputs": "only at the last place of axis 1 .timesteps.*How does its gradient reach",
    "test-rnn-backward-every-state": "only at the last place",
    "test-rnn-backward-parameters": "gradient of 'bias'",
    "test-rnn-backward-initial-state": "gradient of 'initial_hidden'",
    "test-training-step-direction": "gradient of",
}


# %% rnn-backward
def rnn_backward(hidden_gradients, inputs, hidden_states, initial_hidden, kernel, recurrent_kernel):
    totals = {"inputs": np.zeros(inputs.shape), "kernel": 0.0, "recurrent_kernel": 0.0, "bias": 0.0}
    from_later = np.zeros(initial_hidden.shape)
    for step in reversed(range(inputs.shape[1])):
        previous_hidden = hidden_states[:, step - 1] if step > 0 else initial_hidden
        gradients = rnn_step_backward(
            hidden_gradients[:, step],
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
