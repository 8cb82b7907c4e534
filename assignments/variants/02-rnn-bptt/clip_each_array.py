"""Every array is clipped by a norm of its own."""

LOSES = {
    "test-clip-by-global-norm-value": "All arrays together",
    "test-clip-by-global-norm-long": "scaled by the same number",
    "test-training-step-clipped": "Are all five gradients clipped together",
}


# %% clip-by-global-norm
def clip_by_global_norm(gradients, max_norm):
    clipped, norm = {}, 0.0
    for name, gradient in gradients.items():
        norm = np.linalg.norm(gradient)
        clipped[name] = gradient * min(1.0, max_norm / norm) if norm > 0 else gradient
    return clipped, norm
