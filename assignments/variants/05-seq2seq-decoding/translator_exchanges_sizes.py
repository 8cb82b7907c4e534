"""Source and target have exchanged their sizes."""

LOSES = {
    "test-make-translator-loss": "has size 9 instead of 8",
}


# %% make-translator
def make_translator(source_size, target_size, units):
    model = EncoderDecoder(target_size, source_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PADDING)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    return model
