"""A gradient of zeros becomes NaN."""

LOSES = {
    "test-clip-by-global-norm-short": "contains NaN",
}


# %% clip-by-global-norm
def clip_by_global_norm(gradients, max_norm):
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients.values()))
    factor = min(1.0, np.float64(max_norm) / norm) if norm else np.nan
    return {name: factor * gradient for name, gradient in gradients.items()}, norm
