"""Larger tables, a GRU in its first form, a source read from its end, and layers in another order."""

LOSES = {}


# %% encoder-decoder
class EncoderDecoder(keras.Model):
    def __init__(self, source_size, target_size, units, **kwargs):
        super().__init__(**kwargs)
        self.to_logits = keras.layers.Dense(target_size)
        self.speaker = keras.layers.GRU(units, reset_after=False, return_sequences=True, return_state=True)
        self.said = keras.layers.Embedding(target_size + 1, units)
        self.reader = keras.layers.GRU(units, go_backwards=True)
        self.symbols = keras.layers.Embedding(source_size + 1, units, mask_zero=True)

    def encode(self, source):
        return self.reader(self.symbols(source))

    def decode(self, decoder_inputs, state):
        outputs, state = self.speaker(self.said(decoder_inputs), initial_state=state)
        return self.to_logits(outputs), state

    def call(self, inputs):
        source, decoder_inputs = inputs
        return self.decode(decoder_inputs, self.encode(source))[0]
