"""The learning rate is a thousandth of what was asked."""

LOSES = {
    "test-make-translator-learns": "The learning rate of the optimizer is",
}


# %% make-translator
def make_translator(source_size, target_size, units):
    model = EncoderDecoder(source_size, target_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PADDING)
    model.compile(optimizer=keras.optimizers.Adam(0.00001), loss=loss)
    return model
