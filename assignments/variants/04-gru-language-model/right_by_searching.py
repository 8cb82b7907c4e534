"""Right: top-p and draw by searchsorted, next_step by hand from zeros, the optimiser as a dict."""

LOSES = {}


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
            state = keras.ops.zeros_like(embedded)
        state, _ = self.recurrent.cell(embedded, [state])
        return self.to_logits(state), state


# %% make-model
def make_model(vocabulary_size, units):
    model = LanguageModel(vocabulary_size, units)
    model.compile(
        optimizer={"class_name": "Adam", "config": {"learning_rate": 0.01, "global_clipnorm": 1.0}},
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


# %% top-p
def top_p_probabilities(logits, p):
    probabilities = np.array(temperature_probabilities(logits))
    for row in probabilities:
        order = np.lexsort((np.arange(len(row)), -row))
        needed = np.searchsorted(np.cumsum(row[order]), p) + 1  # sums below p, and the one that reaches it
        row[order[needed:]] = 0.0
    return probabilities / probabilities.sum(axis=1, keepdims=True)


# %% draw
def draw(probabilities, random):
    uniform = random.random(len(probabilities))
    sums = np.cumsum(probabilities, axis=1)
    return [np.searchsorted(one, number * one[-1], side="right") for one, number in zip(sums, uniform)]
