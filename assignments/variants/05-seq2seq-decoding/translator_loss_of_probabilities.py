"""The compiled loss takes logits for probabilities."""

LOSES = {
    "test-make-translator-loss": "it is computed from logits|It is computed from logits",
    "test-make-translator-learns": "After 90 steps the model knows",
}


# %% make-translator
def make_translator(source_size, target_size, units):
    model = EncoderDecoder(source_size, target_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=PADDING)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    return model
