"""Each step overwrites the weights' gradients instead of adding its share."""

LOSES = {
    "test-rnn-backward-parameters": "'bias'.*becomes of the shares",
    "test-training-step-direction": "gradient of",
}


# %% rnn-backward
def rnn_backward(hidden_gradients, inputs, hidden_states, initial_hidden, kernel, recurrent_kernel):
    totals = {"inputs": np.zeros(inputs.shape), "kernel": 0.0, "recurrent_kernel": 0.0, "bias": 0.0}
    from_later = np.zeros(initial_hidden.shape)
    for step in reversed(range(inputs.shape[1])):
        previous_hidden = hidden_states[:, step - 1] if step > 0 else initial_hidden
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
            totals[name] = gradients[name]
        from_later = gradients["hidden"]
    totals["initial_hidden"] = from_later
    return totals
