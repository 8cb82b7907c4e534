"""The test part is scaled with its own mean and standard deviation."""

LOSES = {
    "test-standardise-test": r"Whose mean",
    "test-standardise-constant": r"test part",
}


# %% standardise
def standardise(train, test):
    def scaled(part):
        spread = part.std(axis=0)
        return (part - part.mean(axis=0)) / np.where(spread == 0, 1.0, spread)

    return scaled(train), scaled(test)
