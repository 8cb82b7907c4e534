"""A softmax behind the logits."""

LOSES = {
    "test-encoder-decoder-layers": "The logits, compared with an Embedding",
    "test-encoder-decoder-shapes": "they are probabilities. Does the last layer",
    "test-make-translator-learns": "After 90 steps the model knows",
}


# %% encoder-decoder
class EncoderDecoder(keras.Model):
    def __init__(self, source_size, target_size, units, **kwargs):
        super().__init__(**kwargs)
        self.source_embedding = keras.layers.Embedding(source_size, units, mask_zero=True)
        self.encoder = keras.layers.GRU(units, return_state=True)
        self.target_embedding = keras.layers.Embedding(target_size, units)
        self.decoder = keras.layers.GRU(units, return_sequences=True, return_state=True)
        self.output_layer = keras.layers.Dense(target_size, activation="softmax")

    def encode(self, source):
        return self.encoder(self.source_embedding(source))[1]

    def decode(self, decoder_inputs, state):
        outputs, state = self.decoder(self.target_embedding(decoder_inputs), initial_state=state)
        return self.output_layer(outputs), state

    def call(self, inputs):
        source, decoder_inputs = inputs
        return self.decode(decoder_inputs, self.encode(source))[0]
