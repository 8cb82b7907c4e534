"""Right: a cell gate by gate, a model that steps its cell by hand."""

LOSES = {}


# %% gru-cell
class GRUCell(keras.layers.Layer):
    def __init__(self, units, reset_after=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.reset_after = reset_after
        self.state_size = units

    def build(self, input_shape):
        columns = 3 * self.units
        self.kernel = self.add_weight(
            shape=(input_shape[-1], columns), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, columns), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(
            shape=(2, columns) if self.reset_after else (columns,), initializer="zeros", name="bias"
        )

    def call(self, inputs, states):
        h = states[0]
        W = [self.kernel[:, i * self.units : (i + 1) * self.units] for i in range(3)]
        U = [self.recurrent_kernel[:, i * self.units : (i + 1) * self.units] for i in range(3)]
        if self.reset_after:
            b = [self.bias[0, i * self.units : (i + 1) * self.units] for i in range(3)]
            c = [self.bias[1, i * self.units : (i + 1) * self.units] for i in range(3)]
        else:
            b, c = [self.bias[i * self.units : (i + 1) * self.units] for i in range(3)], [0, 0, 0]
        z, r = (keras.activations.sigmoid(inputs @ W[i] + b[i] + h @ U[i] + c[i]) for i in (0, 1))
        inner = r * (h @ U[2] + c[2]) if self.reset_after else (r * h) @ U[2]
        h = (1 - z) * keras.activations.tanh(inputs @ W[2] + b[2] + inner) + z * h
        return h, (h,)


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
        embedded = self.embedding(ids)
        if state is None:
            state = keras.ops.zeros((keras.ops.shape(embedded)[0], self.recurrent.cell.units))
        outputs, state = self.recurrent(embedded, initial_state=[keras.ops.convert_to_tensor(state)])
        return [self.to_logits(outputs), outputs[:, -1]]

    def next_step(self, ids, state=None):
        embedded = self.embedding(ids)
        state = keras.ops.zeros_like(embedded) if state is None else state
        state, _ = self.recurrent.cell(embedded, [state])
        return self.to_logits(state), state
