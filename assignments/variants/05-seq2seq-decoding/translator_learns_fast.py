"""The learning rate is three times what was asked."""

LOSES = {
    "test-make-translator-learns": "The learning rate of the optimizer is 0.03",
}


# %% make-translator
def make_translator(source_size, target_size, units):
    model = EncoderDecoder(source_size, target_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PADDING)
    model.compile(optimizer=keras.optimizers.Adam(0.03), loss=loss)
    return model
