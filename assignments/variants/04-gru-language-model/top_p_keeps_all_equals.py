"""Everything as likely as the last one needed stays."""

LOSES = {
    "test-top-p-ties": "keep a probability above 0",
}


# %% top-p
def top_p_probabilities(logits, p):
    probabilities = temperature_probabilities(logits)
    ranked = -np.sort(-probabilities, axis=1)
    needed = np.where(np.cumsum(ranked, axis=1) - ranked < p, ranked, 1.0).min(axis=1, keepdims=True)
    kept = np.where(probabilities >= needed, probabilities, 0.0)
    return kept / kept.sum(axis=1, keepdims=True)
