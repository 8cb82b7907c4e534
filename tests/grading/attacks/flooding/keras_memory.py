"""TensorFlow takes what it can get of the memory, where a model was asked for."""

ASSIGNMENT = "02-rnn-bptt"
LOSES = {"test-make-forecaster-shape": r"memory"}
LIMITS = {"cell_seconds": 15.0, "memory": 1400 * 2**20, "restarts": 3}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% make-forecaster
def make_forecaster(units):
    if units == 7:
        kept = []
        for _ in range(100):
            kept.append(np.ones(25 * 2**17))
    model = keras.Sequential([keras.layers.RNN(RecurrentCell(units)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01, global_clipnorm=1.0), loss="mean_squared_error")
    return model
