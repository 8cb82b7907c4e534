"""Log probabilities are multiplied by the mask, which turns an impossible padding into nan."""

LOSES = {
    "test-perplexity-padding": r"padding has probability 0.*NaN",
}


# %% perplexity
def perplexity(probabilities, ids, mask):
    pairs = mask[:, :-1] & mask[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(probabilities[ids[:, :-1], ids[:, 1:]]) * pairs
    return np.exp(-logs.sum() / pairs.sum())
