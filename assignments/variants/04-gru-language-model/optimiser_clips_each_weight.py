"""Every weight's gradient is clipped by itself."""

LOSES = {
    "test-make-model-clips": "clips all gradients together",
}


# %% make-model
def make_model(vocabulary_size, units):
    model = LanguageModel(vocabulary_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.01, clipnorm=1.0), loss=loss)
    return model
