"""The forget gate's bias is forgotten."""

LOSES = {
    "test-initial-bias-place": "is zero.*Which columns are those of the forget gate",
    "test-lstm-cell-weights": "is zero everywhere.*before it has learned anything",
}


# %% initial-bias
def initial_bias(units):
    bias = np.zeros(4 * units)
    return bias
