"""What was chosen is overwritten, so that it is not chosen again."""

LOSES = {
    "test-choose-best": "changes its argument 'scores'",
}


# %% choose
def choose(scores, beams):
    best = []
    while len(best) < beams and scores.max() > -np.inf:
        best.append(scores.argmax())
        scores.ravel()[best[-1]] = -np.inf
    return np.divmod(np.array(best, dtype=int), scores.shape[1])
