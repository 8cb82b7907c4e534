"""One mean and one standard deviation for all features together."""

LOSES = {
    "test-standardise-train": r"Over which axis",
    "test-standardise-test": r"scaled test part",
    "test-standardise-constant": r"training part",
}


# %% standardise
def standardise(train, test):
    mean, spread = train.mean(), train.std()
    spread = spread if spread > 0 else 1.0
    return (train - mean) / spread, (test - mean) / spread
