"""A row with no real step is divided by 0."""

LOSES = {
    "test-masked-mean-empty-row": r"NaN",
}


# %% masked-mean
def masked_mean(values, mask):
    with np.errstate(invalid="ignore"):
        return np.where(mask, values, 0.0).sum(axis=1) / mask.sum(axis=1)
