"""What the loss sends to earlier states is ignored."""

LOSES = {
    "test-rnn-backward-every-state": "one from the step after it. Are both there",
    "test-rnn-backward-parameters": "gradient of 'bias'",
    "test-rnn-backward-initial-state": "gradient of 'initial_hidden'",
}


# %% rnn-backward
def rnn_backward(hidden_gradients, inputs, hidden_states, initial_hidden, kernel, recurrent_kernel):
    totals = {"inputs": np.zeros(inputs.shape), "kernel": 0.0, "recurrent_kernel": 0.0, "bias": 0.0}
    from_later = np.zeros(initial_hidden.shape)
    for step in reversed(range(inputs.shape[1])):
        previous_hidden = hidden_states[:, step - 1] if step > 0 else initial_hidden
        gradients = rnn_step_backward(
            hidden_gradients[:, step] if step == inputs.shape[1] - 1 else from_later,
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
