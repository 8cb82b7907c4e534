"""What comes back is added into the caller's hidden_gradients."""

LOSES = {
    "test-rnn-backward-pure": "changes its argument 'hidden_gradients' in place",
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
        if step > 0:
            hidden_gradients[:, step - 1] += from_later
    totals["initial_hidden"] = from_later
    return totals
