"""A piece of text is read from zero, whatever state is handed on."""

LOSES = {
    "test-language-model-state": "begin with the state that the first has left",
    "test-language-model-next-step": "compared with those of the whole",
}


# %% language-model
class LanguageModel(keras.Model):
    def __init__(self, vocabulary_size, units, **kwargs):
        super().__init__(**kwargs)
        self.embedding = keras.layers.Embedding(vocabulary_size, units)
        self.recurrent = keras.layers.RNN(GRUCell(units), return_sequences=True, return_state=True)
        self.to_logits = keras.layers.Dense(vocabulary_size)

    def call(self, ids):
        return self.read(ids)[0]

    def read(self, ids, state=None):
        outputs, state = self.recurrent(self.embedding(ids), initial_state=None)
        return self.to_logits(outputs), state

    def next_step(self, ids, state=None):
        logits, state = self.read(keras.ops.expand_dims(ids, axis=1), state)
        return logits[:, 0], state
