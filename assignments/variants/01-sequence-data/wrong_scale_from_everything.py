"""Mean and standard deviation are taken over past and future together."""

LOSES = {
    "test-standardise-test": r"Whose mean",
    "test-standardise-constant": r"training part",
}


# %% standardise
def standardise(train, test):
    both = np.concatenate([train, test])
    mean, spread = both.mean(axis=0), both.std(axis=0)
    spread = np.where(spread == 0, 1.0, spread)
    return (train - mean) / spread, (test - mean) / spread
