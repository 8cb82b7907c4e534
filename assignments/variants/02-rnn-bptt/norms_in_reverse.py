"""The norms come in the order of the walk, the last step first."""

LOSES = {
    "test-gradient-norms-linear": "reverse order along axis 1 .timesteps",
    "test-gradient-norms-tanh": "reverse order",
}


# %% gradient-norms
def gradient_norms(hidden_gradient, hidden_states, recurrent_kernel):
    norms = []
    for step in reversed(range(hidden_states.shape[1])):
        norms.append(np.sqrt((hidden_gradient**2).sum(axis=1)))
        slope = hidden_gradient * (1 - hidden_states[:, step] ** 2)
        hidden_gradient = slope @ recurrent_kernel.T
    return np.stack(norms, axis=1)
