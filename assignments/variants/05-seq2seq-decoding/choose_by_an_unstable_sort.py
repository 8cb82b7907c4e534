"""What is equal does not stay in order."""

LOSES = {
    "test-choose-ties": "with many equal scores",
}


# %% choose
def choose(scores, beams):
    flat = scores.ravel()
    best = np.argsort(-flat)[:beams]
    best = best[flat[best] > -np.inf]
    return best // scores.shape[1], best % scores.shape[1]
