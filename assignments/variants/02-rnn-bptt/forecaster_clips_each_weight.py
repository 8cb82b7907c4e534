"""The optimiser clips every gradient by its own norm."""

LOSES = {
    "test-make-forecaster-clips": "does not clip by the global norm",
}


# %% make-forecaster
def make_forecaster(units):
    model = keras.Sequential([keras.layers.RNN(RecurrentCell(units)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01, clipnorm=1.0), loss="mean_squared_error")
    return model
