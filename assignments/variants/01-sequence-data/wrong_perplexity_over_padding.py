"""Padded pairs count in the mean, with a surprise of 0."""

LOSES = {
    "test-perplexity-padding": r"two real steps",
    "test-perplexity-batch": r"perplexity",
}


# %% perplexity
def perplexity(probabilities, ids, mask):
    pairs = mask[:, :-1] & mask[:, 1:]
    given = np.where(pairs, probabilities[ids[:, :-1], ids[:, 1:]], 1.0)
    return np.exp(-np.log(given).mean())
