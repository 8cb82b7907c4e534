"""The learning rate is a thousand times too small."""

LOSES = {
    "test-make-model-clips": "The optimiser's learning rate",
    "test-make-model-learns": "nine tenths of that is the aim",
}


# %% make-model
def make_model(vocabulary_size, units):
    model = LanguageModel(vocabulary_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(1e-5, global_clipnorm=1.0), loss=loss)
    return model
