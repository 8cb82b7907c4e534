"""The mean is in bits and is raised to the power of e."""

LOSES = {
    "test-perplexity-uniform": r"Which logarithm",
    "test-perplexity-pairs": r"perplexity",
}


# %% perplexity
def perplexity(probabilities, ids, mask):
    pairs = mask[:, :-1] & mask[:, 1:]
    given = probabilities[ids[:, :-1][pairs], ids[:, 1:][pairs]]
    return np.exp(-np.log2(given).mean())
