"""The compiled loss counts padding."""

LOSES = {
    "test-make-translator-loss": "it is computed from logits|It is computed from logits",
}


# %% make-translator
def make_translator(source_size, target_size, units):
    model = EncoderDecoder(source_size, target_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    return model
