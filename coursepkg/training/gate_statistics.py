"""What the gates of LSTM and GRU layers say, how often they are stuck, and how much gradient each gets."""

from contextlib import contextmanager
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from coursepkg.training.gradient_norms import GradientNorms


class GateSummary(NamedTuple):
    """What a gate says over all examples, steps and units.

    Attributes:
        mean: float, the average.
        low: float, the share of values stuck at the lower end: below 0.1, for a candidate below -0.9.
        high: float, the share stuck at the upper end: above 0.9.
    """

    mean: float
    low: float
    high: float

    @property
    def saturation(self):
        """The share of values at either end, where the function is flat and passes little gradient."""
        return self.low + self.high


def gate_names(cell):
    """Names a cell's gates.

    Args:
        cell: a cell of `coursepkg.layers`, a `keras.layers.LSTMCell` or a `keras.layers.GRUCell`.

    Returns:
        Tuple of str, in the order of the blocks in the cell's weights.

    Raises:
        ValueError: the cell has no gates.
    """
    if getattr(cell, "gate_names", ()):
        return tuple(cell.gate_names)
    if isinstance(cell, keras.layers.LSTMCell):
        return ("input", "forget", "candidate", "output")
    if isinstance(cell, keras.layers.GRUCell):
        return ("update", "reset", "candidate")
    if isinstance(cell, keras.layers.StackedRNNCells):
        raise ValueError(
            f"the layer stacks {len(cell.cells)} cells; ask for one of them, layer.cell.cells[k], with the "
            '"hidden" of the one before as its inputs'
        )
    raise ValueError(f"{type(cell).__name__} has no gates")


def gate_activations(cell, inputs, initial_states=None, mask=None):
    """Runs a cell over sequences and keeps what its gates said at every step, and its states.

    Args:
        cell: a cell with gates, or a recurrent layer around one, ours or Keras's. It must be built.
        inputs: array `(batch, timesteps, features)`.
        initial_states: optional list of arrays `(batch, units)`; zeros if None.
        mask: optional bool array `(batch, timesteps)`. Where it is False the states pass unchanged; what the
            gates say there has no effect.

    Returns:
        Dict from name to float array `(batch, timesteps, units)`: the gates (`"input"`, `"forget"`,
        `"candidate"`, `"output"` for an LSTM; `"update"`, `"reset"`, `"candidate"` for a GRU), then
        `"hidden"`, and `"cell_state"` where there is one. Step t belongs to `inputs[:, t]`, also for a layer
        that goes backwards.

    Raises:
        ValueError: `inputs` has another rank, or the cell is not built, has no gates or is a stack.
    """
    go_backwards = getattr(cell, "go_backwards", False)
    cell = getattr(cell, "cell", cell)
    names = gate_names(cell)
    inputs = ops.convert_to_tensor(inputs, dtype=cell.compute_dtype)
    if len(inputs.shape) != 3:
        raise ValueError(f"inputs must have shape (batch, timesteps, features), not {tuple(inputs.shape)}")
    if not cell.built:
        raise ValueError("the cell has no weights yet: call the layer on a batch, or build it, first")
    states = cell.get_initial_state(batch_size=inputs.shape[0]) if initial_states is None else initial_states
    states = [ops.convert_to_tensor(state, dtype=cell.compute_dtype) for state in states]
    steps = list(range(inputs.shape[1]))
    values = [None] * len(steps)
    for step in reversed(steps) if go_backwards else steps:
        with _recorded(cell) as (shares, others):
            _, updated = cell(inputs[:, step], states, training=False)
        # Both functions are called in the order of the blocks; the candidate comes before tanh(c_t).
        spoken = iter(shares)
        gates = [others[0] if name == "candidate" else next(spoken) for name in names]
        if mask is not None:
            seen = ops.convert_to_tensor(mask)[:, step, None]
            updated = [ops.where(seen, new, old) for new, old in zip(updated, states, strict=True)]
        states = list(updated)
        values[step] = [ops.convert_to_numpy(ops.cast(value, "float32")) for value in (*gates, *states)]
    names = (*names, *("hidden", "cell_state")[: len(states)])
    arrays = (np.stack(array, axis=1) for array in zip(*values, strict=True))  # (batch, timesteps, units)
    return dict(zip(names, arrays, strict=True))


def summarize_gates(activations, mask=None):
    """Mean and saturation of each gate.

    Args:
        activations: dict from `gate_activations`; entries that are no gates are left out.
        mask: optional bool array `(batch, timesteps)`, False for steps that do not count.

    Returns:
        Dict from gate name to `GateSummary`.
    """
    summaries = {}
    for name, values in activations.items():
        if name in ("hidden", "cell_state"):
            continue
        values = values if mask is None else values[np.asarray(mask, bool)]
        lower_end = -0.9 if name == "candidate" else 0.1
        low, high = np.mean(values < lower_end), np.mean(values > 0.9)
        summaries[name] = GateSummary(float(values.mean()), float(low), float(high))
    return summaries


class GateStatistics(GradientNorms):
    """Records, while a model trains, what its gates say and how much gradient reaches each of them.

    Like `GradientNorms`, it measures on a fixed batch of its own, leaves no trace in the model, and has all
    attributes of that callback as well. It finds every LSTM and GRU layer, also inside other layers. In a
    stack of cells it stops at the first without gates.

    Args:
        inputs: array or structure of arrays, the probe batch.
        targets: array, what the model should answer, as given to `fit`.
        every: int, number of updates between two measurements, or `"epoch"`.

    Attributes:
        summaries: dict from layer name to a dict from gate name to list of `GateSummary`, one for each
            measurement. A layer of several stacked cells has an entry for each, named `layer/0`, `layer/1`.
            Of two layers with one name the second is named by the path of its kernel.
        gate_norms: dict from layer name to a dict from weight name (`"kernel"`, `"recurrent_kernel"`,
            `"bias"`) to a dict from gate name to list of float: the norm of the gradient by the gate's block.

    Raises:
        ValueError: `every` is neither a positive integer nor `"epoch"`; when training begins, if the model
            has no layer with gates.
    """

    def on_train_begin(self, logs=None):
        self._cells = _cells_with_gates(self.model)
        if not self._cells:
            raise ValueError("the model has no layer with gates: expected an LSTM or a GRU")
        self.summaries, self.gate_norms = {}, {}
        for name, (_, cell, _) in self._cells.items():
            gates = gate_names(cell)
            self.summaries[name] = {gate: [] for gate in gates}
            weights = [weight for weight in ("kernel", "recurrent_kernel", "bias") if _trains(cell, weight)]
            self.gate_norms[name] = {weight: {gate: [] for gate in gates} for weight in weights}
        super().on_train_begin(logs)

    def _record(self, loss, gradients):
        super()._record(loss, gradients)
        by_path = {
            variable.path: ops.convert_to_numpy(gradient)
            for variable, gradient in zip(self.model.trainable_variables, gradients, strict=True)
        }
        for name, weights in self.gate_norms.items():
            _, cell, _ = self._cells[name]
            for weight, norms in weights.items():
                gradient = by_path[getattr(cell, weight).path]
                for gate, block in zip(norms, np.split(gradient, len(norms), axis=-1), strict=True):
                    norms[gate].append(float(np.linalg.norm(block)))
        for name, activations, mask in self._activations():
            for gate, summary in summarize_gates(activations, mask).items():
                self.summaries[name][gate].append(summary)

    def _activations(self):
        """Yields the name, the gate activations and the mask of each cell, on the probe batch."""
        layers = {id(layer): layer for layer, _, _ in self._cells.values()}
        with keras.StatelessScope(), _watched(layers.values()) as calls:
            self.model(self.inputs, training=False)
        outputs = {}
        for name, (layer, cell, position) in self._cells.items():
            if id(layer) not in calls:  # the model did not need this layer for the probe batch
                continue
            sequences, states, mask = calls[id(layer)]
            if layer.go_backwards:
                sequences = ops.flip(sequences, axis=1)
                mask = None if mask is None else ops.flip(mask, axis=1)
            if isinstance(layer.cell, keras.layers.StackedRNNCells):
                states = states[position]
                sequences = outputs.get((id(layer), position - 1), sequences)
            states = keras.tree.flatten(states)
            activations = gate_activations(cell, sequences, states, mask)
            outputs[id(layer), position] = activations["hidden"]
            yield name, activations, None if mask is None else ops.convert_to_numpy(mask)


def _trains(cell, weight):
    variable = getattr(cell, weight, None)
    return variable is not None and variable.trainable


def _cells_with_gates(model):
    """Returns a dict from name to `(layer, cell, position in its stack)`, in the order of the weights."""
    found = []
    for layer in model._flatten_layers(include_self=False):
        if not isinstance(layer, keras.layers.RNN):
            continue
        stacked = isinstance(layer.cell, keras.layers.StackedRNNCells)
        for position, cell in enumerate(layer.cell.cells if stacked else [layer.cell]):
            try:
                gate_names(cell)
            except ValueError:
                break
            found.append((f"/{position}" if stacked else "", layer, cell, position))
    order = {id(weight): index for index, weight in enumerate(model.weights)}
    found.sort(key=lambda one: order[id(one[2].kernel)])
    cells = {}
    for suffix, layer, cell, position in found:
        name = layer.name + suffix
        cells[cell.kernel.path if name in cells else name] = layer, cell, position
    return cells


@contextmanager
def _recorded(cell):
    """Lets a cell's two functions remember what they return: the shares of its gates, and all the rest."""
    originals = cell.recurrent_activation, cell.activation
    shares, others = [], []

    def remember(function, results):
        def remembering(values):
            results.append(function(values))
            return results[-1]

        return remembering

    try:
        cell.recurrent_activation = remember(originals[0], shares)
        cell.activation = remember(originals[1], others)
        yield shares, others
    finally:
        cell.recurrent_activation, cell.activation = originals


@contextmanager
def _watched(layers):
    """Lets recurrent layers remember the sequences, initial states and mask of their last call, by `id`."""
    layers, calls = list(layers), {}

    def watch(layer):
        run = layer.inner_loop

        def watching(sequences, initial_state, mask, training=False):
            mask = mask[0] if isinstance(mask, list | tuple) else mask
            calls[id(layer)] = sequences, initial_state, mask
            return run(sequences=sequences, initial_state=initial_state, mask=mask, training=training)

        layer.inner_loop = watching

    try:
        for layer in layers:
            watch(layer)
        yield calls
    finally:
        for layer in layers:
            vars(layer).pop("inner_loop", None)
