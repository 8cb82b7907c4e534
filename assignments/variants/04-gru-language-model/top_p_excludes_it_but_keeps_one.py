"""As many as stay below p are kept, and at least one."""

LOSES = {
    "test-top-p-smallest": "keep a probability above 0",
    "test-top-p-ratios": "do the probabilities that stay add up to",
    "test-top-p-rows": "of a sure and an unsure row",
    "test-top-p-ties": "keep a probability above 0",
}


# %% top-p
def top_p_probabilities(logits, p):
    probabilities = temperature_probabilities(logits)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=1)
    reached = np.cumsum(ranked, axis=1)
    reached[:, 0] = 0.0
    kept = np.zeros(probabilities.shape)
    np.put_along_axis(kept, order, np.where(reached <= p + 1e-9, ranked, 0.0), axis=1)
    return kept / kept.sum(axis=1, keepdims=True)
