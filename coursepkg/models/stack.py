"""Recurrent layers on top of each other: what every model here is made of."""

import keras
from keras import ops

from coursepkg.layers import Bidirectional


def check_cells(cells, name="cells"):
    """Makes a list of the cells of a stack.

    Args:
        cells: a recurrent cell, or a list of them from the bottom to the top.
        name: str, the argument's name, for messages.

    Returns:
        List of cells.

    Raises:
        ValueError: if there is none, one is not a cell, or one stands in the list twice.
    """
    cells = list(cells) if isinstance(cells, list | tuple) else [cells]
    if not cells:
        raise ValueError(f"{name} is empty; a stack needs at least one cell")
    for cell in cells:
        if isinstance(cell, keras.layers.RNN) or not hasattr(cell, "state_size"):
            raise ValueError(f"{name} holds {cell!r}; expected recurrent cells, for example LSTMCell(64)")
    if len({id(cell) for cell in cells}) < len(cells):
        raise ValueError(
            f"{name} holds the same cell twice, so two layers would share weights; make two cells"
        )
    return cells


def cells_to_config(cells):
    """Writes down cells, for `get_config`.

    Args:
        cells: list of recurrent cells.

    Returns:
        List of dicts of plain values.
    """
    return [keras.saving.serialize_keras_object(cell) for cell in cells]


def cells_from_config(config):
    """Builds the cells that `cells_to_config` wrote down.

    Args:
        config: list of dicts.

    Returns:
        List of recurrent cells, with new weights.
    """
    return [keras.saving.deserialize_keras_object(cell) for cell in config]


class RecurrentStack(keras.layers.Layer):
    """Recurrent layers on top of each other: the outputs of one are the inputs of the next.

    Dropout acts on what goes up (inputs of each layer and outputs of the last), not on what is carried
    through time (Zaremba et al., 2014). Dropout of the carried state is an argument of the cells.

    Args:
        cells: a recurrent cell, or a list of them from the bottom to the top.
        dropout: float, the share of inputs of each layer, and of the outputs, set to zero while training.
        bidirectional: bool, whether each layer also reads from the end, with weights of its own. The outputs
            of a layer are then those of both directions side by side, and its states those of both.
        stateful: bool, whether the states at the end of a batch are the initial states of the next, row by
            row. The batch size is then fixed by the first batch.
        **kwargs: `name`, `dtype` and `trainable`, as for any Keras layer. The cells must have the same
            `dtype`: they have their weights from there.

    Raises:
        ValueError: if there is no cell, the same one twice, or one of another dtype.
    """

    def __init__(self, cells, dropout=0.0, bidirectional=False, stateful=False, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.bidirectional, self.stateful = bidirectional, stateful
        dtype = self.dtype_policy
        cells = check_cells(cells)
        for cell in cells:
            policy = getattr(cell, "dtype_policy", dtype)
            if policy.name != dtype.name:
                raise ValueError(
                    f"cell {cell.name!r} has dtype {policy.name!r}, and what it is part of {dtype.name!r}; "
                    f"make the cell with dtype={dtype.name!r}, or leave out dtype everywhere"
                )
        self.dropout = keras.layers.Dropout(dropout, dtype=dtype)
        recurrent_layers = [
            keras.layers.RNN(cell, return_sequences=True, return_state=True, stateful=stateful, dtype=dtype)
            for cell in cells
        ]
        if bidirectional:
            recurrent_layers = [Bidirectional(layer, dtype=dtype) for layer in recurrent_layers]
        self.recurrent_layers = recurrent_layers

    @property
    def cells(self):
        """List of the cells, from the bottom to the top; with two directions, those that read forwards."""
        return [getattr(layer, "forward_layer", layer).cell for layer in self.recurrent_layers]

    @property
    def state_sizes(self):
        """List, for each layer, of the sizes of its states."""
        directions = 2 if self.bidirectional else 1
        return [directions * list(keras.tree.flatten(cell.state_size)) for cell in self.cells]

    @property
    def output_size(self):
        """int, the number of features of the outputs."""
        return self.recurrent_layers[-1].compute_output_shape((None, None, 1))[0][-1]

    def build(self, input_shape):
        """Creates the weights for inputs of shape `(batch, timesteps, features)`."""
        for layer in self.recurrent_layers:
            layer.build(input_shape)
            input_shape = layer.compute_output_shape(input_shape)[0]  # the others are those of the states

    def call(self, inputs, initial_state=None, mask=None, training=False):
        """Reads sequences.

        Args:
            inputs: tensor `(batch, timesteps, features)`.
            initial_state: optional list, for each layer, of the list of its states `(batch, units)`.
            mask: optional bool tensor `(batch, timesteps)`, False where a step is padding: the states then
                stay as they are.
            training: bool, whether dropout acts.

        Returns:
            Tuple `(outputs, states)`: tensor `(batch, timesteps, units)`, and the states after the last step,
            nested as `initial_state`.
        """
        outputs, states = inputs, []
        for number, layer in enumerate(self.recurrent_layers):
            outputs = self.dropout(outputs, training=training)
            initial = None if initial_state is None else initial_state[number]
            outputs, *state = layer(outputs, initial_state=initial, mask=mask, training=training)
            states.append(state)
        return self.dropout(outputs, training=training), states

    def last_outputs(self, inputs, mask=None, training=False):
        """Reads sequences, and returns what the last layer knows at their ends.

        Args:
            inputs: tensor `(batch, timesteps, features)`.
            mask: optional bool tensor `(batch, timesteps)`, False where a step is padding.
            training: bool, whether dropout acts.

        Returns:
            Tensor `(batch, units)`: the hidden state after the last real step. With two directions, beside it
            the hidden state of the other direction after the first step, which is where it ends.
        """
        _, states = self(inputs, mask=mask, training=training)
        per_direction = len(states[-1]) // (2 if self.bidirectional else 1)
        hidden = states[-1][::per_direction]  # the first state of a cell is its output
        return self.dropout(ops.concatenate(hidden, axis=-1), training=training)

    def step(self, inputs, states):
        """Reads one step, without dropout.

        Args:
            inputs: tensor `(batch, features)`.
            states: list, for each layer, of the list of its states `(batch, units)`.

        Returns:
            Tuple `(outputs, states)`: tensor `(batch, units)`, and the new states.
        """
        outputs, new_states = inputs, []
        for cell, state in zip(self.cells, states, strict=True):
            outputs, state = cell(outputs, list(state), training=False)
            new_states.append(keras.tree.flatten(state))
        return outputs, new_states

    def initial_state(self, batch_size):
        """Returns the states of someone who has read nothing: zeros `(batch, units)`, nested as in `call`."""
        return [keras.tree.flatten(cell.get_initial_state(batch_size=batch_size)) for cell in self.cells]

    def reset_state(self):
        """Sets the states carried from batch to batch back to zeros. For `stateful=True`."""
        for layer in self.recurrent_layers:
            layer.reset_state()
