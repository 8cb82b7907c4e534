"""What stays keeps its probability, and the row adds up to less than 1."""

LOSES = {
    "test-top-k-ratios": "do the probabilities that stay add up to",
    "test-top-k-edges": "with k=1",
}


# %% top-k
def top_k_probabilities(logits, k):
    probabilities = temperature_probabilities(logits)
    kept = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    result = np.zeros(logits.shape)
    np.put_along_axis(result, kept, np.take_along_axis(probabilities, kept, axis=1), axis=1)
    return result
