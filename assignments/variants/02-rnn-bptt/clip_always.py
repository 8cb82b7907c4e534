"""Short gradients are stretched to max_norm as well."""

LOSES = {
    "test-clip-by-global-norm-short": "This gradient is shorter than max_norm",
    "test-training-step-direction": "gradient of .kernel. is off by a factor",
}


# %% clip-by-global-norm
def clip_by_global_norm(gradients, max_norm):
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients.values()))
    factor = max_norm / norm if norm > 0 else 1.0
    return {name: factor * gradient for name, gradient in gradients.items()}, norm
