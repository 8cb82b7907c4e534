"""The number of units is that of the last test, whatever is asked for."""

LOSES = {
    "test-make-model-loss": "The state of make_model",
}


# %% make-model
def make_model(vocabulary_size, units):
    model = LanguageModel(vocabulary_size, 96)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.01, global_clipnorm=1.0), loss=loss)
    return model
