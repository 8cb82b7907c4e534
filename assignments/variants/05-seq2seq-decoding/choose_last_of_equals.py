"""Of equal scores the last comes first."""

LOSES = {
    "test-choose-ties": "Which of equal scores comes first",
}


# %% choose
def choose(scores, beams):
    flat = scores.ravel()
    best = np.argsort(flat, kind="stable")[::-1][:beams]
    best = best[flat[best] > -np.inf]
    return best // scores.shape[1], best % scores.shape[1]
