"""The best of each row, and not of the table."""

LOSES = {
}


# %% choose
def choose(scores, beams):
    symbols = scores.argmax(axis=1)
    best = scores.max(axis=1)
    parents = np.argsort(-best, kind="stable")[:beams]
    parents = parents[best[parents] > -np.inf]
    return parents, symbols[parents]
