"""Right: training without the earlier functions, everything written out."""

LOSES = {}


# %% training-step
def training_step(parameters, inputs, targets, learning_rate, max_norm):
    W, U, b, V, c = (
        parameters[n] for n in ("kernel", "recurrent_kernel", "bias", "output_kernel", "output_bias")
    )
    h = [np.zeros((len(inputs), len(b)))]
    for t in range(inputs.shape[1]):
        h.append(np.tanh(inputs[:, t] @ W + h[-1] @ U + b))
    error = h[-1] @ V + c - targets
    slope = 2 * error / error.size
    dW, dU, db = np.zeros(W.shape), np.zeros(U.shape), np.zeros(b.shape)
    dh = slope @ V.T
    for t in range(inputs.shape[1], 0, -1):
        da = dh * (1 - h[t] ** 2)
        dW, dU, db = dW + inputs[:, t - 1].T @ da, dU + h[t - 1].T @ da, db + da.sum(0)
        dh = da @ U.T
    gradients = [dW, dU, db, h[-1].T @ slope, slope.sum(0)]
    length = sum(float((g**2).sum()) for g in gradients) ** 0.5
    rate = learning_rate * min(1.0, max_norm / length)
    names = ("kernel", "recurrent_kernel", "bias", "output_kernel", "output_bias")
    return {n: p - rate * g for n, p, g in zip(names, (W, U, b, V, c), gradients)}, (error**2).mean()
