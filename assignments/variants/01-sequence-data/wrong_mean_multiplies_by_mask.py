"""Padded values are multiplied by 0, which keeps nan and infinity."""

LOSES = {
    "test-masked-mean-garbage": r"with nan at the padded steps.*NaN",
}


# %% masked-mean
def masked_mean(values, mask):
    with np.errstate(invalid="ignore"):
        return (values * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
