"""next_step steps the cell by hand and knows nothing to do without a state."""

LOSES = {
    "test-language-model-next-step": "next_step.ids, None. ends with a ValueError",
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
        state, _ = self.recurrent.cell(self.embedding(ids), [state])
        return self.to_logits(state), state
