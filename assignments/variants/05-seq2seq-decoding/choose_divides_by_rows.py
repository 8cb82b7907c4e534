"""Places in the flat table are divided by the number of rows."""

LOSES = {
    "test-choose-best": "Row 0|row 0",
    "test-choose-ties": "do not all lie in a table",
    "test-choose-impossible": "do not all lie in a table",
    "test-beam-search-example": "IndexError",
    "test-beam-search-greedy": "IndexError",
    "test-beam-search-totals": "IndexError",
    "test-beam-search-finished": "IndexError",
    "test-beam-search-everything": "IndexError",
    "test-beam-search-length": "IndexError",
    "test-beam-search-few": "IndexError",
    "test-beam-search-stops": "IndexError",
}


# %% choose
def choose(scores, beams):
    flat = scores.ravel()
    best = np.argsort(-flat, kind="stable")[:beams]
    best = best[flat[best] > -np.inf]
    return best // scores.shape[0], best % scores.shape[0]
