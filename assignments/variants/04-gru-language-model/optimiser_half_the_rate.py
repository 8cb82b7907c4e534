"""Adam with half the learning rate."""

LOSES = {
    "test-make-model-clips": "The optimiser's learning rate",
}


# %% make-model
def make_model(vocabulary_size, units):
    model = LanguageModel(vocabulary_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.005, global_clipnorm=1.0), loss=loss)
    return model
