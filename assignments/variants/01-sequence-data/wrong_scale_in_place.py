"""The caller's arrays are scaled in place."""

LOSES = {
    "test-standardise-arguments": r"changes its argument 'train' in place",
}


# %% standardise
def standardise(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread == 0, 1.0, spread)
    train -= mean
    train /= spread
    test -= mean
    test /= spread
    return train, test
