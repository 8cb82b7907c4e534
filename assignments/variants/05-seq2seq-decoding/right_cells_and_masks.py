"""GRU cells in an RNN layer, and padding that the mask of the embedding keeps out of the loss."""

LOSES = {}


# %% encoder-decoder
class EncoderDecoder(keras.Model):
    def __init__(self, source_size, target_size, units, **kwargs):
        super().__init__(**kwargs)
        self.read = keras.layers.Embedding(source_size, units, mask_zero=True)
        self.encoder = keras.layers.RNN(keras.layers.GRUCell(units))
        self.said = keras.layers.Embedding(target_size, units, mask_zero=True)
        self.decoder = keras.layers.RNN(keras.layers.GRUCell(units), return_sequences=True, return_state=True)
        self.answer = keras.layers.Dense(target_size)

    def encode(self, source):
        return self.encoder(self.read(source))

    def decode(self, decoder_inputs, state):
        outputs, last = self.decoder(
            self.said(decoder_inputs), initial_state=[keras.ops.convert_to_tensor(state)]
        )
        return self.answer(outputs), last

    def call(self, inputs):
        source, decoder_inputs = inputs
        return self.decode(decoder_inputs, self.encode(source))[0]


# %% make-translator
def make_translator(source_size, target_size, units):
    model = EncoderDecoder(source_size, target_size, units)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.optimizer.learning_rate = 0.01
    return model
