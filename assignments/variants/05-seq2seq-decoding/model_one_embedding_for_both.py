"""One embedding for the symbols of both sides."""

LOSES = {
    "test-encoder-decoder-layers": "Among them are 1 tables of embeddings",
}


# %% encoder-decoder
class EncoderDecoder(keras.Model):
    def __init__(self, source_size, target_size, units, **kwargs):
        super().__init__(**kwargs)
        self.embedding = keras.layers.Embedding(max(source_size, target_size), units, mask_zero=True)
        self.encoder = keras.layers.GRU(units, return_state=True)
        self.decoder = keras.layers.GRU(units, return_sequences=True, return_state=True)
        self.output_layer = keras.layers.Dense(target_size)

    def encode(self, source):
        return self.encoder(self.embedding(source))[1]

    def decode(self, decoder_inputs, state):
        outputs, state = self.decoder(self.embedding(decoder_inputs), initial_state=state)
        return self.output_layer(outputs), state

    def call(self, inputs):
        source, decoder_inputs = inputs
        return self.decode(decoder_inputs, self.encode(source))[0]
