"""Places in the flat table are divided by the number of rows."""

LOSES = {
}


# %% choose
def choose(scores, beams):
    flat = scores.ravel()
    best = np.argsort(-flat, kind="stable")[:beams]
    best = best[flat[best] > -np.inf]
    return best // scores.shape[0], best % scores.shape[0]
