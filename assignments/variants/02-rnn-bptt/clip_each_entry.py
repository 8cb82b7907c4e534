"""Every entry is clipped to the range from -max_norm to max_norm."""

LOSES = {
    "test-clip-by-global-norm-long": "scaled by the same number",
    "test-training-step-clipped": "Are all five gradients clipped together",
}


# %% clip-by-global-norm
def clip_by_global_norm(gradients, max_norm):
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients.values()))
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: np.clip(gradient, -max_norm, max_norm) for name, gradient in gradients.items()}, norm
