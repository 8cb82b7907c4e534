"""Without a state next_step begins with ones."""

LOSES = {
    "test-language-model-next-step": "With which state does a text begin",
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
        outputs, state = self.recurrent(self.embedding(ids), initial_state=state)
        return self.to_logits(outputs), state

    def next_step(self, ids, state=None):
        embedded = self.embedding(ids)
        if state is None:
            state = keras.ops.ones_like(embedded)
        state, _ = self.recurrent.cell(embedded, [state])
        return self.to_logits(state), state
