"""Every translator has 64 units."""

LOSES = {
    "test-make-translator-loss": "has size 64 instead of 5",
}


# %% make-translator
def make_translator(source_size, target_size, units):
    model = EncoderDecoder(source_size, target_size, 64)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PADDING)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    return model
