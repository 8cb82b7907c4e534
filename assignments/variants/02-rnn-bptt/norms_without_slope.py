"""The slope of the tanh is left out."""

LOSES = {
    "test-gradient-norms-tanh": "only at the last place of axis 1 .timesteps",
}


# %% gradient-norms
def gradient_norms(hidden_gradient, hidden_states, recurrent_kernel):
    norms = []
    for step in reversed(range(hidden_states.shape[1])):
        norms.append(np.sqrt((hidden_gradient**2).sum(axis=1)))
        slope = hidden_gradient
        hidden_gradient = slope @ recurrent_kernel.T
    return np.stack(norms[::-1], axis=1)
