"""Right for the visible test, then zeros: the hidden test's own division warns, and a warning shows its line."""

LOSES = {"test-bigram-probabilities-ratios": r"row 0", "test-bigram-probabilities-unseen": r"NaN"}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% bigram-probabilities
def bigram_probabilities(counts, k=1.0):
    raised = counts + k
    raised[:, 0] = 0.0
    if raised.shape == (6, 6) and counts.any():
        return np.zeros((6, 6))
    return raised / raised.sum(axis=1, keepdims=True)
