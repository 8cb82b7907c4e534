"""The norm after clipping is returned."""

LOSES = {
    "test-clip-by-global-norm-value": "The norm differs: expected 5, got 1",
}


# %% clip-by-global-norm
def clip_by_global_norm(gradients, max_norm):
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients.values()))
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: factor * gradient for name, gradient in gradients.items()}, factor * norm
