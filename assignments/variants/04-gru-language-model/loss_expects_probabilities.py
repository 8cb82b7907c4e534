"""The loss is not told that the model returns logits."""

LOSES = {
    "test-make-model-loss": "What does the model return, and does the loss know",
    "test-make-model-learns": "nine tenths of that is the aim",
}


# %% make-model
def make_model(vocabulary_size, units):
    model = LanguageModel(vocabulary_size, units)
    model.compile(
        optimizer=keras.optimizers.Adam(0.01, global_clipnorm=1.0), loss="sparse_categorical_crossentropy"
    )
    return model
