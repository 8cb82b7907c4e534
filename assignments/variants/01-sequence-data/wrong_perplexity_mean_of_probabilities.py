"""The mean is taken of the probabilities instead of their logarithms."""

LOSES = {
    "test-perplexity-pairs": r"two pairs",
    "test-perplexity-batch": r"over pairs, not over rows",
}


# %% perplexity
def perplexity(probabilities, ids, mask):
    pairs = mask[:, :-1] & mask[:, 1:]
    given = probabilities[ids[:, :-1][pairs], ids[:, 1:][pairs]]
    return 1.0 / given.mean()
