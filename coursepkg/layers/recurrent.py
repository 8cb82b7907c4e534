"""Recurrent cells: the equations of one step. `keras.layers.RNN(cell)` runs a cell over a sequence.

A cell is called with the inputs of one step and a list of states, and returns its output and the list of new
states. Weights have the names, shapes and order of the Keras cell of the same name, so that
`ours.set_weights(builtin.get_weights())` works, and the other way round.
"""

import numbers

import keras
from keras import ops

# Keras does not export this class, but keras.layers.RNN looks for it: a cell that inherits from it is given
# one dropout mask per batch, the same at every step (Gal & Ghahramani, 2016).
from keras.src.layers.rnn.dropout_rnn_cell import DropoutRNNCell


class RecurrentCell(keras.layers.Layer, DropoutRNNCell):
    """What all cells share: arguments, weights and configuration. A subclass adds the equations in `call`.

    A subclass with g gates sets `gates = g`; its matrices then hold g blocks of `units` columns side by side.

    Args:
        units: int, the size of the hidden state.
        activation: name of or callable for the function around the new state.
        use_bias: bool, whether b is added.
        kernel_initializer: initial values of `kernel`.
        recurrent_initializer: initial values of `recurrent_kernel`.
        bias_initializer: initial values of `bias`.
        kernel_regularizer: optional penalty on `kernel`.
        recurrent_regularizer: optional penalty on `recurrent_kernel`.
        bias_regularizer: optional penalty on `bias`.
        kernel_constraint: optional constraint on `kernel`.
        recurrent_constraint: optional constraint on `recurrent_kernel`.
        bias_constraint: optional constraint on `bias`.
        dropout: float, the share of inputs that are set to zero while training.
        recurrent_dropout: float, the share of hidden units that are set to zero while training.
        seed: optional int, for the dropout masks.
        **kwargs: `name`, `dtype` and `trainable`, as for any Keras layer.

    Raises:
        ValueError: if `units` is not a positive integer or a dropout rate does not lie between 0 and 1.
    """

    gates = 1

    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        **kwargs,
    ):
        if not isinstance(units, numbers.Integral) or isinstance(units, bool) or units <= 0:
            raise ValueError(f"units is {units!r}; expected a positive integer")
        for name, rate in {"dropout": dropout, "recurrent_dropout": recurrent_dropout}.items():
            if not 0 <= rate <= 1:
                raise ValueError(f"{name} is {rate!r}; expected a share from 0 to 1")
        super().__init__(**kwargs)
        self.units = self.state_size = self.output_size = int(units)
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = keras.regularizers.get(recurrent_regularizer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)
        self.kernel_constraint = keras.constraints.get(kernel_constraint)
        self.recurrent_constraint = keras.constraints.get(recurrent_constraint)
        self.bias_constraint = keras.constraints.get(bias_constraint)
        self.dropout, self.recurrent_dropout = dropout, recurrent_dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        """Creates the weights for inputs of shape `(batch, features)`. The number of steps plays no part."""
        features, columns = input_shape[-1], self.gates * self.units
        self.kernel = self.add_weight(
            shape=(features, columns),
            name="kernel",
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, columns),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=self.bias_shape,
                name="bias",
                initializer=self.initial_bias,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    @property
    def bias_shape(self):
        """One number for each column of the matrices."""
        return (self.gates * self.units,)

    def initial_bias(self, shape, dtype=None):
        """Draws the bias; a subclass may start some of it elsewhere."""
        return self.bias_initializer(shape, dtype=dtype)

    def drop(self, inputs, hidden, training):
        """While training, sets the same inputs and hidden units to zero at every step of a sequence.

        Args:
            inputs: tensor `(batch, features)`.
            hidden: tensor `(batch, units)`.
            training: bool.

        Returns:
            Tuple `(inputs, hidden)` of the same shapes.
        """
        if training and self.dropout > 0:
            inputs = inputs * self.get_dropout_mask(inputs)
        if training and self.recurrent_dropout > 0:
            hidden = hidden * self.get_recurrent_dropout_mask(hidden)
        return inputs, hidden

    def get_initial_state(self, batch_size=None):
        """Returns the list of states before the first step: zeros `(batch, units)`."""
        sizes = keras.tree.flatten(self.state_size)
        return [ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in sizes]

    def get_config(self):
        """Returns the arguments as plain values, from which `from_config` builds the same cell."""
        config = {"units": self.units, "activation": keras.activations.serialize(self.activation)}
        for name, serialize in (
            ("initializer", keras.initializers.serialize),
            ("regularizer", keras.regularizers.serialize),
            ("constraint", keras.constraints.serialize),
        ):
            for weight in ("kernel", "recurrent", "bias"):
                config[f"{weight}_{name}"] = serialize(getattr(self, f"{weight}_{name}"))
        for name in ("use_bias", "dropout", "recurrent_dropout", "seed"):
            config[name] = getattr(self, name)
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable(package="coursepkg")
class SimpleRNNCell(RecurrentCell):
    """The recurrent network of Elman (1990), one step: h_t = tanh(x_t W + h_{t-1} U + b).

    Weights: `kernel` W `(features, units)`, `recurrent_kernel` U `(units, units)`, `bias` b `(units,)`.
    Arguments as for `RecurrentCell`; all behave as in `keras.layers.SimpleRNNCell`.

    Example:

        layer = keras.layers.RNN(SimpleRNNCell(64), return_sequences=True)
        hidden_states = layer(inputs)  # (batch, timesteps, features) -> (batch, timesteps, 64)
    """

    def call(self, inputs, states, training=False):
        """Moves the hidden state one step forward.

        Args:
            inputs: tensor `(batch, features)`, x_t.
            states: list of one tensor `(batch, units)`, h_{t-1}.
            training: bool, whether dropout acts.

        Returns:
            Tuple `(hidden, [hidden])`: the output, and the list of new states; here both are h_t.
        """
        (hidden,) = states  # (batch, units)
        inputs, hidden = self.drop(inputs, hidden, training)
        bias = self.bias if self.use_bias else 0.0
        preactivation = ops.matmul(inputs, self.kernel) + ops.matmul(hidden, self.recurrent_kernel) + bias
        hidden = self.activation(preactivation)
        return hidden, [hidden]
