"""Read a sequence forwards and backwards, so that every step knows what comes before and what comes after."""

import keras
from keras import ops

MERGE = {
    "concat": lambda forward, backward: ops.concatenate([forward, backward], axis=-1),
    "sum": lambda forward, backward: forward + backward,
    "ave": lambda forward, backward: (forward + backward) / 2,
    "mul": lambda forward, backward: forward * backward,
    None: lambda forward, backward: (forward, backward),
}


@keras.saving.register_keras_serializable(package="coursepkg")
class Bidirectional(keras.layers.Layer):
    """Two recurrent layers over the same sequence, one from each end (Schuster & Paliwal, 1997).

    The output at step t joins the forward state, which has seen steps 1 to t, with the backward state, which
    has seen the last step back to t. So the whole sequence must be there before the first output: a model
    that forecasts must not read its own future this way.

    Weights are those of the forward layer followed by those of the backward layer, as in
    `keras.layers.Bidirectional`, and so are the arguments. Outputs at padded steps are zeros.

    Args:
        layer: a recurrent Keras layer such as `keras.layers.RNN(LSTMCell(64))`. Two new layers are built
            from its configuration; its own weights are not used. It reads forwards: the one that reads
            backwards is made here.
        merge_mode: `"concat"`, `"sum"`, `"ave"` or `"mul"`, how the two outputs become one, or None for both.
        **kwargs: `name`, `dtype` and `trainable`, as for any Keras layer.

    Raises:
        ValueError: if `layer` is not recurrent or reads backwards, or `merge_mode` is none of those.

    Example:

        layer = Bidirectional(keras.layers.RNN(GRUCell(64), return_sequences=True))
        outputs = layer(inputs)  # (batch, timesteps, features) -> (batch, timesteps, 128)
    """

    def __init__(self, layer, merge_mode="concat", **kwargs):
        if not all(hasattr(layer, name) for name in ("go_backwards", "return_sequences", "return_state")):
            raise ValueError(
                f"layer is {layer!r}; expected a recurrent layer, such as keras.layers.RNN(cell)"
            )
        if layer.go_backwards:
            raise ValueError(
                f"layer {layer.name!r} has go_backwards=True; expected one that reads forwards, from which "
                "Bidirectional makes the other"
            )
        if merge_mode not in MERGE:
            raise ValueError(f"merge_mode is {merge_mode!r}; expected one of {', '.join(map(repr, MERGE))}")
        super().__init__(**kwargs)
        self.merge_mode = merge_mode
        self.forward_layer = self._copy(layer, "forward", go_backwards=False)
        self.backward_layer = self._copy(layer, "backward", go_backwards=True)
        self.return_sequences, self.return_state = layer.return_sequences, layer.return_state
        self.stateful = layer.stateful
        self.supports_masking = True

    def _copy(self, layer, prefix, go_backwards):
        config = keras.saving.serialize_keras_object(layer)
        name = layer.name.removeprefix("forward_")
        config["config"] |= {"name": f"{prefix}_{name}", "go_backwards": go_backwards}
        copy = keras.saving.deserialize_keras_object(config)
        copy.zero_output_for_mask = layer.return_sequences  # reading backwards, padding comes first
        return copy

    def build(self, sequences_shape, initial_state_shape=None):
        """Builds both layers for inputs of shape `(batch, timesteps, features)`."""
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Reads the sequences from both ends.

        Args:
            sequences: tensor `(batch, timesteps, features)`.
            initial_state: optional list of tensors `(batch, units)`: the states of the forward layer, then
                those of the backward layer.
            mask: optional bool tensor `(batch, timesteps)`, False where a step is padding.
            training: bool, whether dropout acts.

        Returns:
            The merged outputs, `(batch, timesteps, units)` or `(batch, units)` with twice the units for
            `"concat"`; with `return_state` a tuple of them and the last states, in the order of
            `initial_state`.

        Raises:
            ValueError: if there are not as many initial states as the two layers have.
        """
        before = after = None
        if initial_state is not None:
            half = len(self.forward_layer.state_size)  # of stacked cells: a list of states for each
            if not isinstance(initial_state, list | tuple) or len(initial_state) != 2 * half:
                got = (
                    f"a list of {len(initial_state)}"
                    if isinstance(initial_state, list | tuple)
                    else f"a tensor of shape {tuple(initial_state.shape)}"
                )
                raise ValueError(
                    f"initial_state is {got}; expected a list of {2 * half} states (batch, units): "
                    f"{half} of the forward layer, then {half} of the backward layer"
                )
            before, after = initial_state[:half], initial_state[half:]
        forward = self.forward_layer(sequences, initial_state=before, mask=mask, training=training)
        backward = self.backward_layer(sequences, initial_state=after, mask=mask, training=training)
        states = ()
        if self.return_state:
            (forward, *forward_states), (backward, *backward_states) = forward, backward
            states = (*forward_states, *backward_states)
        if self.return_sequences:
            backward = ops.flip(backward, axis=1)  # the backward layer gives its last step first
        outputs = MERGE[self.merge_mode](
            ops.cast(forward, self.compute_dtype), ops.cast(backward, self.compute_dtype)
        )
        if self.merge_mode is None:
            return (*outputs, *states)
        return (outputs, *states) if states else outputs

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        """Returns the shape of the outputs for inputs `(batch, timesteps, features)`."""
        shape = self.forward_layer.compute_output_shape(sequences_shape)
        shape, *states = shape if self.return_state else (shape,)
        if self.merge_mode is None:
            return (shape, shape, *states, *states)
        if self.merge_mode == "concat":
            shape = (*shape[:-1], 2 * shape[-1])
        return (shape, *states, *states) if states else shape

    def compute_mask(self, sequences, mask):
        """Returns the mask of the inputs where steps are returned, and None for everything else."""
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        mask = mask if self.return_sequences else None
        masks = [mask] if self.merge_mode else [mask, mask]
        if self.return_state:
            masks += [None] * 2 * len(self.forward_layer.state_size)
        return masks if len(masks) > 1 else mask

    def reset_state(self):
        """Sets the states of a stateful layer to zeros, in both directions."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def get_config(self):
        """Returns the arguments as plain values, from which `from_config` builds the same layer."""
        layer = keras.saving.serialize_keras_object(self.forward_layer)
        return {**super().get_config(), "layer": layer, "merge_mode": self.merge_mode}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Builds the layer from what `get_config` returned."""
        config = dict(config)
        layer = keras.saving.deserialize_keras_object(config.pop("layer"), custom_objects=custom_objects)
        return cls(layer, **config)
