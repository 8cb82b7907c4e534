"""The caller's gradients are scaled in place."""

LOSES = {
    "test-clip-by-global-norm-pure": "changes its argument 'gradients' in place",
}


# %% clip-by-global-norm
def clip_by_global_norm(gradients, max_norm):
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients.values()))
    if norm > max_norm:
        for gradient in gradients.values():
            gradient *= max_norm / norm
    return gradients, norm
