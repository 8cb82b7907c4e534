"""AdamW, which also pulls all weights towards zero."""

LOSES = {
    "test-make-model-clips": "of the class AdamW",
}


# %% make-model
def make_model(vocabulary_size, units):
    model = LanguageModel(vocabulary_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.AdamW(0.01, global_clipnorm=1.0), loss=loss)
    return model
