"""The output layer has a sigmoid, which cannot reach below zero."""

LOSES = {
    "test-make-forecaster-learns": "The mean absolute error is",
}


# %% make-forecaster
def make_forecaster(units):
    model = keras.Sequential(
        [keras.layers.RNN(RecurrentCell(units)), keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01, global_clipnorm=1.0), loss="mean_squared_error")
    return model
