"""Another optimizer than was asked."""

LOSES = {
    "test-make-translator-learns": "The optimizer is RMSprop",
}


# %% make-translator
def make_translator(source_size, target_size, units):
    model = EncoderDecoder(source_size, target_size, units)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PADDING)
    model.compile(optimizer=keras.optimizers.RMSprop(0.01), loss=loss)
    return model
