"""Right: gradients by the full Jacobian of every step, one product after the other."""

LOSES = {}


# %% gradient-norms
def gradient_norms(hidden_gradient, hidden_states, recurrent_kernel):
    batch, timesteps, units = hidden_states.shape
    norms = np.zeros((batch, timesteps))
    for row in range(batch):
        product = np.eye(units)  # dh_T / dh_t, output by input
        for step in range(timesteps - 1, -1, -1):
            norms[row, step] = np.linalg.norm(product.T @ hidden_gradient[row])
            product = product @ np.diag(1 - hidden_states[row, step] ** 2) @ recurrent_kernel.T
    return norms


# %% rnn-step-backward
def rnn_step_backward(hidden_gradient, inputs, previous_hidden, hidden, kernel, recurrent_kernel):
    jacobian = np.stack([np.diag(1 - row**2) for row in hidden])  # (batch, units, units)
    slope = (hidden_gradient[:, None] @ jacobian)[:, 0]
    return dict(
        inputs=(kernel @ slope.T).T,
        hidden=(recurrent_kernel @ slope.T).T,
        kernel=(slope.T @ inputs).T,
        recurrent_kernel=sum(np.outer(a, b) for a, b in zip(previous_hidden, slope)),
        bias=np.ones(len(slope)) @ slope,
    )
