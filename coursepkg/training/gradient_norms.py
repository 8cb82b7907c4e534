"""How long the gradients are: layer by layer while `fit` runs, and step by step back through time."""

import keras
import numpy as np
from keras import ops

from coursepkg.training.clipping import global_norm
from coursepkg.training.differentiation import value_and_gradients


class GradientNorms(keras.callbacks.Callback):
    """Records the norm of the loss gradient for each layer while a model trains.

    `fit` does not hand its gradients to callbacks, so this one computes them again on a fixed batch of its
    own. The fixed batch is also the fairer probe: a change in the norm is a change in the model, not in the
    luck of the draw. The probe leaves no trace: state of stateful layers, dropout seeds and metrics stay as
    they were. The norms are those before any clipping by the optimizer. The layers run with `training=False`.

    Args:
        inputs: array or structure of arrays, the probe batch, `(batch, timesteps, features)` for a recurrent
            model. If a layer is stateful its batch size must be that of the training.
        targets: array, what the model should answer to `inputs`, as given to `fit`.
        every: int, number of updates between two measurements, or `"epoch"` to measure at the end of each
            epoch. Both also measure once before the first update.

    Attributes:
        steps: list of int, the number of updates made before each measurement.
        losses: list of float, the loss on the probe batch.
        global_norms: list of float, the norm over all trainable weights together.
        layer_norms: dict from layer name to list of float, the norm over the weights of that layer.
        weight_norms: dict from weight path to list of float.

    Raises:
        ValueError: `every` is neither a positive integer nor `"epoch"`.
    """

    def __init__(self, inputs, targets, every="epoch"):
        super().__init__()
        if every != "epoch" and not (isinstance(every, int) and every > 0):
            raise ValueError(f'every must be a positive number of updates or "epoch", not {every!r}')
        self.inputs = keras.tree.map_structure(ops.convert_to_tensor, inputs)
        self.targets = keras.tree.map_structure(ops.convert_to_tensor, targets)
        self.every = every

    def on_train_begin(self, logs=None):
        model = self.model
        self.steps, self.losses, self.global_norms = [], [], []
        self.layer_norms = {layer.name: [] for layer in model.layers if layer.trainable_variables}
        self.weight_norms = {variable.path: [] for variable in model.trainable_variables}
        self._updates = 0
        self._loss_and_gradients = value_and_gradients(self._probe_loss, compiled=True)
        self._measure()

    def on_train_batch_end(self, batch, logs=None):
        self._updates += 1
        if self.every != "epoch" and self._updates % self.every == 0:
            self._measure()

    def on_epoch_end(self, epoch, logs=None):
        if self.every == "epoch":
            self._measure()

    def _probe_loss(self, trainable_values, other_values):
        # In a stateless scope every variable has the value given here, and assignments vanish with the scope.
        model = self._model
        variables = [*model.trainable_variables, *model.non_trainable_variables]
        values = [*trainable_values, *other_values]
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            predictions = model(self.inputs, training=False)
            return model.compute_loss(self.inputs, self.targets, predictions, training=False)

    def _measure(self):
        model = self.model  # on JAX this property first copies the weights back from the training loop
        loss, gradients = self._loss_and_gradients(
            [variable.value for variable in model.trainable_variables],
            [variable.value for variable in model.non_trainable_variables],
        )
        self._record(float(loss), gradients)

    def _record(self, loss, gradients):
        model = self._model
        by_weight = {
            variable.path: float(ops.norm(ops.reshape(gradient, (-1,))))
            for variable, gradient in zip(model.trainable_variables, gradients, strict=True)
        }
        self.steps.append(self._updates)
        self.losses.append(loss)
        self.global_norms.append(float(global_norm(gradients)))
        for path, norm in by_weight.items():
            self.weight_norms[path].append(norm)
        for layer in model.layers:
            if layer.name in self.layer_norms:
                norms = [by_weight[variable.path] for variable in layer.trainable_variables]
                self.layer_norms[layer.name].append(float(np.linalg.norm(norms)))


def gradient_norms_by_step(cell, inputs, loss=None, initial_states=None, state=0):
    """Norm of the gradient that reaches the state at each step, counted back from the last one.

    The gradient of the loss with respect to h_t counts every path from h_t to the loss, those through all
    later steps included. To read it off, zeros are added to the state after each step: the gradient of the
    loss with respect to those zeros is the gradient with respect to the state.

    Args:
        cell: a recurrent cell, or a `keras.layers.RNN` (`SimpleRNN`, `GRU`, `LSTM`) layer, whose cell is then
            used. It must be built.
        inputs: array `(batch, timesteps, features)`.
        loss: callable from the last output `(batch, units)` to a scalar tensor; the sum over units, summed
            over the batch, if None. Sum over the batch rather than average, so that each example keeps its
            own scale.
        initial_states: list of arrays `(batch, units)`, one for each state; zeros if None.
        state: int, which state to follow: 0 is the hidden state, 1 the cell state of an LSTM.

    Returns:
        Float array `(batch, timesteps)`. Column k is the norm at lag k: column 0 belongs to the last step and
        column `timesteps - 1` to the first.

    Raises:
        ValueError: `inputs` has another rank, the cell is not built, or it has no such state.
    """
    cell = getattr(cell, "cell", cell)
    inputs = ops.convert_to_tensor(inputs, dtype=getattr(cell, "compute_dtype", None))
    if len(inputs.shape) != 3:
        raise ValueError(f"inputs must have shape (batch, timesteps, features), not {tuple(inputs.shape)}")
    if not cell.built:
        raise ValueError("the cell has no weights yet: call the layer on a batch, or build it, first")
    batch, timesteps, _ = inputs.shape
    states = cell.get_initial_state(batch_size=batch) if initial_states is None else initial_states
    states = [ops.convert_to_tensor(value) for value in keras.tree.flatten(states)]
    if not 0 <= state < len(states):
        raise ValueError(f"state must be from 0 to {len(states) - 1} for this cell, not {state!r}")
    loss = ops.sum if loss is None else loss

    def perturbed_loss(perturbations):
        current = list(states)
        for step, perturbation in enumerate(perturbations):
            output, current = cell(inputs[:, step], current, training=False)
            current = list(keras.tree.flatten(current))
            current[state] = current[state] + perturbation
            if state == 0:
                output = output + perturbation  # the hidden state is the output, so the loss must see it too
        return loss(output)

    zeros = [ops.zeros_like(states[state]) for _ in range(timesteps)]
    _, gradients = value_and_gradients(perturbed_loss)(zeros)
    norms = [ops.convert_to_numpy(ops.norm(gradient, axis=-1)) for gradient in reversed(gradients)]
    return np.stack(norms, axis=1)  # (batch, timesteps)
