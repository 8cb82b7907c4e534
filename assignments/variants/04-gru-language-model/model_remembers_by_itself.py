"""read goes on from where it last was, whichever state is handed to it."""

LOSES = {
    "test-language-model-state": "begin with the state that the first has left",
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
        state = None if state is None else self.last
        outputs, self.last = self.recurrent(self.embedding(ids), initial_state=state)
        return self.to_logits(outputs), self.last

    def next_step(self, ids, state=None):
        outputs, state = self.recurrent(self.embedding(ids)[:, None], initial_state=state)
        return self.to_logits(outputs)[:, 0], state
