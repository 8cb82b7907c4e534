"""Scores, rows and columns are sorted together."""

LOSES = {}


# %% choose
def choose(scores, beams):
    rows, columns = np.nonzero(np.isfinite(scores))
    order = np.lexsort((columns, rows, -scores[rows, columns]))
    return rows[order][:beams], columns[order][:beams]


# %% exact-match
def exact_match(predicted, targets):
    if predicted.shape[1] < targets.shape[1]:
        predicted = np.pad(predicted, ((0, 0), (0, targets.shape[1] - predicted.shape[1])))
    wrong = predicted[:, : targets.shape[1]] != targets
    return 1 - np.any(wrong & (targets != 0), axis=1).sum() / len(targets)
