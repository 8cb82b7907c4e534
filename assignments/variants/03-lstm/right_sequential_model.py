"""Right: a model in place of a layer, a cell that computes in float64."""

LOSES = {}


# %% make-layer
def make_layer(units):
    return keras.Sequential([keras.layers.RNN(LSTMCell(units=units), return_sequences=True, name="mine")])


# %% lstm-cell
class LSTMCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]  # hidden state and cell state

    def build(self, input_shape):
        features, columns = input_shape[-1], 4 * self.units
        self.kernel = self.add_weight(shape=(features, columns), initializer="glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, columns), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(
            shape=(columns,),
            initializer=lambda shape, dtype=None: keras.ops.concatenate(
                [keras.ops.zeros(self.units), keras.ops.ones(self.units), keras.ops.zeros(2 * self.units)]
            ),
            name="bias",
        )

    def call(self, inputs, states):
        hidden, cell_state = (keras.ops.cast(state, "float64") for state in states)
        kernel, recurrent_kernel, bias = (keras.ops.cast(one, "float64") for one in self.weights)
        sums = keras.ops.cast(inputs, "float64") @ kernel + hidden @ recurrent_kernel + bias
        i, f, g, o = keras.ops.split(sums, 4, axis=1)
        cell_state = keras.ops.sigmoid(f) * cell_state + keras.ops.sigmoid(i) * keras.ops.tanh(g)
        hidden = keras.ops.sigmoid(o) * keras.ops.tanh(cell_state)
        hidden, cell_state = (keras.ops.cast(state, "float32") for state in (hidden, cell_state))
        return hidden, [hidden, cell_state]
