"""The variance as the mean square minus the squared mean of centred values, feature by feature."""

LOSES = {}


# %% standardise
def standardise(train, test):
    scaled_train, scaled_test = train.astype(float), test.astype(float)
    for feature in range(train.shape[1]):
        centre = sum(train[:, feature]) / len(train)
        variance = sum((train[:, feature] - centre) ** 2) / len(train)
        scale = variance**0.5 or 1.0
        scaled_train[:, feature] = (train[:, feature] - centre) / scale
        scaled_test[:, feature] = (test[:, feature] - centre) / scale
    return scaled_train, scaled_test
