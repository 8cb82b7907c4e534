"""All rows keep the set of the first."""

LOSES = {
    "test-top-p-rows": "of a sure and an unsure row",
}


# %% top-p
def top_p_probabilities(logits, p):
    probabilities = temperature_probabilities(logits)
    order = np.argsort(-probabilities[0], kind="stable")
    ranked = probabilities[0, order]
    gone = order[np.cumsum(ranked) - ranked >= p]
    probabilities[:, gone] = 0.0
    return probabilities / probabilities.sum(axis=1, keepdims=True)
