"""The layer returns the last hidden state alone."""

LOSES = {
    "test-make-layer-memory": "is missing: was it summed over",
    "test-make-layer-keras": "keras.layers.LSTM with the same weights",
}


# %% make-layer
def make_layer(units):
    return keras.layers.RNN(LSTMCell(units))
