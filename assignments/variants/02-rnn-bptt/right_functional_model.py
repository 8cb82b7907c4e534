"""Right: a functional model, a cell of another style, a layer built in two lines."""

LOSES = {}


# %% make-layer
def make_layer(units):
    cell = RecurrentCell(units=units)
    return keras.layers.RNN(cell, True, name="mine")


# %% make-forecaster
def make_forecaster(units):
    inputs = keras.Input((None, 1))
    states = make_layer(units)(inputs)
    outputs = keras.layers.Dense(1)(states[:, -1])
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.Adam(learning_rate=1e-2, global_clipnorm=1), loss=keras.losses.MeanSquaredError()
    )
    return model


# %% recurrent-cell
class RecurrentCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units  # keras.layers.RNN asks for it

    def build(self, input_shape):
        features = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(features, self.units), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        hidden = states[0]
        projected = inputs @ self.kernel
        recurred = keras.ops.dot(hidden, self.recurrent_kernel)
        new_hidden = keras.activations.tanh(keras.ops.add(keras.ops.add(recurred, projected), self.bias))
        return new_hidden, (new_hidden,)
