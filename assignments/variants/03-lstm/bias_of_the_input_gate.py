"""The 1 stands in the input gate's block."""

LOSES = {
    "test-initial-bias-place": "Which columns are those of the forget gate",
    "test-lstm-cell-weights": "before it has learned anything",
}


# %% initial-bias
def initial_bias(units):
    bias = np.zeros(4 * units)
    bias[:units] = 1.0
    return bias
