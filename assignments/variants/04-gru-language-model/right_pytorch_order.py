"""Right: the step in PyTorch's order and equations, the cell likewise; the loss is a function."""

LOSES = {}


# %% gru-step
def gru_step(inputs, hidden, kernel, recurrent_kernel, bias, reset_after=True):
    def to_pytorch(array):
        update, reset, new = np.split(array, 3, axis=-1)
        return np.concatenate([reset, update, new], axis=-1).T

    weight_ih, weight_hh, biases = to_pytorch(kernel), to_pytorch(recurrent_kernel), to_pytorch(bias)
    if reset_after:
        gi, gh = inputs @ weight_ih.T + biases[:, 0], hidden @ weight_hh.T + biases[:, 1]
    else:
        gi, gh = inputs @ weight_ih.T + biases, hidden @ weight_hh.T
    i_r, i_z, i_n = np.split(gi, 3, axis=1)
    h_r, h_z, h_n = np.split(gh, 3, axis=1)
    r, z = sigmoid(i_r + h_r), sigmoid(i_z + h_z)
    n = np.tanh(i_n + (r * h_n if reset_after else (r * hidden) @ weight_hh[-hidden.shape[1] :].T))
    return n + z * (hidden - n)


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
        hidden, units, ops = states[0], self.units, keras.ops
        biases = (self.bias[0], self.bias[1]) if self.reset_after else (self.bias, 0.0)
        x = ops.matmul(inputs, self.kernel) + biases[0]
        h = ops.matmul(hidden, self.recurrent_kernel) + biases[1]
        update = ops.sigmoid(x[:, :units] + h[:, :units])
        reset = ops.sigmoid(x[:, units : 2 * units] + h[:, units : 2 * units])
        if self.reset_after:
            recurrent = reset * h[:, 2 * units :]
        else:
            recurrent = ops.matmul(reset * hidden, self.recurrent_kernel[:, 2 * units :])
        candidate = ops.tanh(x[:, 2 * units :] + recurrent)
        new = candidate + update * (hidden - candidate)
        return new, [new]


# %% make-model
def make_model(vocabulary_size, units):
    model = LanguageModel(vocabulary_size, units)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=1e-2, global_clipnorm=1),
        loss=lambda targets, logits: keras.ops.mean(
            keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        ),
        metrics=["accuracy"],
    )
    return model
