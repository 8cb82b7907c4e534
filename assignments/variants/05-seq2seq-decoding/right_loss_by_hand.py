"""The compiled loss is written with keras.ops, and the output layer as a stack."""

LOSES = {}


# %% make-translator
def make_translator(source_size, target_size, units):
    def loss(targets, logits):
        real = keras.ops.cast(keras.ops.not_equal(targets, 0), "float32")
        costs = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        return keras.ops.sum(costs * real) / keras.ops.sum(real)

    model = EncoderDecoder(source_size, target_size, units)
    model.compile(loss=loss, optimizer=keras.optimizers.Adam(learning_rate=1e-2))
    return model


# %% encoder-decoder
class EncoderDecoder(keras.Model):
    def __init__(self, source_size, target_size, units, **kwargs):
        super().__init__(**kwargs)
        self.source_embedding = keras.layers.Embedding(source_size, units)
        self.encoder = keras.layers.GRU(units)
        self.target_embedding = keras.layers.Embedding(target_size, units)
        self.decoder = keras.layers.GRU(units, return_sequences=True, return_state=True)
        self.output_layer = keras.Sequential([keras.layers.Dense(target_size)])

    def encode(self, source):
        source = keras.ops.convert_to_tensor(source)
        return self.encoder(self.source_embedding(source), mask=source > 0)

    def decode(self, decoder_inputs, state):
        result = self.decoder(self.target_embedding(decoder_inputs), initial_state=state)
        return [self.output_layer(result[0]), result[1]]

    def call(self, inputs):
        return self.decode(inputs[1], self.encode(inputs[0]))[0]
