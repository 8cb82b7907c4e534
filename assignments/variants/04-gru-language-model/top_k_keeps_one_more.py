"""k + 1 symbols stay."""

LOSES = {
    "test-top-k-kept": "keep a probability above 0",
    "test-top-k-ratios": "do the probabilities that stay add up to",
    "test-top-k-ties": "Which of equally likely symbols stay",
    "test-top-k-edges": "with k=1",
}


# %% top-k
def top_k_probabilities(logits, k):
    kept = np.argsort(-logits, axis=1, kind="stable")[:, : k + 1]
    cut = np.full(logits.shape, -np.inf)
    np.put_along_axis(cut, kept, np.take_along_axis(logits, kept, axis=1), axis=1)
    return temperature_probabilities(cut)
