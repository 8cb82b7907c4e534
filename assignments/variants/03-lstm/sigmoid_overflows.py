"""The sigmoid divides infinity by infinity."""

LOSES = {
    "test-sigmoid-far": "contains NaN",
}


# %% sigmoid
def sigmoid(values):
    return np.exp(values) / (1 + np.exp(values))
