"""The layer returns the last state alone."""

LOSES = {
    "test-make-layer-memory": "Axis 1 .size 3. is missing",
    "test-make-layer-keras": "Axis 1 .size 4. is missing",
}


# %% make-layer
def make_layer(units):
    return keras.layers.RNN(RecurrentCell(units))
