"""What stays keeps its probability."""

LOSES = {
    "test-top-p-ratios": "do the probabilities that stay add up to",
    "test-top-p-limits": "Even the likeliest symbol",
    "test-top-p-rows": "of a sure and an unsure row",
}


# %% top-p
def top_p_probabilities(logits, p):
    probabilities = temperature_probabilities(logits)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=1)
    reached_before = np.cumsum(ranked, axis=1) - ranked
    kept = np.zeros(probabilities.shape)
    np.put_along_axis(kept, order, np.where(reached_before < p, ranked, 0.0), axis=1)
    return kept
