"""The layer reads sequences from the end."""

LOSES = {
    "test-make-layer-memory": "see the future|read backwards",
    "test-make-layer-keras": "SimpleRNN",
}


# %% make-layer
def make_layer(units):
    return keras.layers.RNN(RecurrentCell(units), return_sequences=True, go_backwards=True)
