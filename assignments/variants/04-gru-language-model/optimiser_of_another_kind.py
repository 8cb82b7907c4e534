"""RMSprop, with another learning rate."""

LOSES = {
    "test-make-model-clips": "of the class RMSprop",
}


# %% make-model
def make_model(vocabulary_size, units):
    model = LanguageModel(vocabulary_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.RMSprop(0.005, global_clipnorm=1.0), loss=loss)
    return model
