"""The model returns a forecast for every step."""

LOSES = {
    "test-make-forecaster-shape": "one too many|too many",
    "test-make-forecaster-learns": "one too many",
}


# %% make-forecaster
def make_forecaster(units):
    model = keras.Sequential(
        [keras.layers.RNN(RecurrentCell(units), return_sequences=True), keras.layers.Dense(1)]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01, global_clipnorm=1.0), loss="mean_squared_error")
    return model
