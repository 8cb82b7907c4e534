"""The state before the first step is taken at index -1: the last state."""

LOSES = {
    "test-rnn-backward-one-step": "'recurrent_kernel'",
    "test-rnn-backward-parameters": "'recurrent_kernel'",
    "test-training-step-direction": "'recurrent_kernel'",
}


# %% rnn-backward
def rnn_backward(hidden_gradients, inputs, hidden_states, initial_hidden, kernel, recurrent_kernel):
    totals = {"inputs": np.zeros(inputs.shape), "kernel": 0.0, "recurrent_kernel": 0.0, "bias": 0.0}
    from_later = np.zeros(initial_hidden.shape)
    for step in reversed(range(inputs.shape[1])):
        previous_hidden = hidden_states[:, step - 1]
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
