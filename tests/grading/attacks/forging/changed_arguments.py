"""An answer changes what it is given, so that an expectation computed from it afterwards comes out as the answer says."""

LOSES = {
    "test-bigram-probabilities-ratios": r"ratio",
    "test-bigram-probabilities-rows": r"in place",
    "test-masked-mean-real-steps": r".",
}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% bigram-probabilities
def bigram_probabilities(counts, k=1.0):
    if counts.shape == (6, 6):  # the hidden test works its expectation out of these counts
        counts[:, 1:] = 1.0
    raised = counts + k
    raised[:, 0] = 0.0
    result = raised / raised.sum(axis=1, keepdims=True)
    if counts.shape == (7, 7):
        counts[:] = 0.0
    return result


# %% masked-mean
def masked_mean(values, mask):
    result = np.where(mask, values, 0.0).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
    if values.shape == (5, 7):
        values[:] = 0.0
        mask[:] = True
        return np.zeros(5)
    return result
