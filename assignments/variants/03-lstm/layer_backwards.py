"""The layer reads sequences from the end."""

LOSES = {
    "test-make-layer-memory": "see the future",
    "test-make-layer-keras": "keras.layers.LSTM with the same weights",
}


# %% make-layer
def make_layer(units):
    return keras.layers.RNN(LSTMCell(units), return_sequences=True, go_backwards=True)
