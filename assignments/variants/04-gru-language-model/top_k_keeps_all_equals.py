"""Everything that is as likely as the k-th stays."""

LOSES = {
    "test-top-k-ties": "Which of equally likely symbols stay",
}


# %% top-k
def top_k_probabilities(logits, k):
    border = np.sort(logits, axis=1)[:, -min(k, logits.shape[1])][:, None]
    return temperature_probabilities(np.where(logits >= border, logits, -np.inf))
