"""Says which array of a recurrent network has the wrong shape."""

import numpy as np


def check_shapes(inputs, states, kernel, recurrent_kernel, bias, mask=None, blocks=1, bias_rows=None):
    """Compares every shape with the others.

    Args:
        inputs: array that should be `(batch, timesteps, features)`.
        states: dict from name to the array that should be `(batch, units)`.
        kernel: array that should be `(features, blocks * units)`.
        recurrent_kernel: array that should be `(units, blocks * units)`.
        bias: array that should be `(blocks * units,)`, or `(bias_rows, blocks * units)`.
        mask: optional array that should be `(batch, timesteps)`.
        blocks: int, how many weighted sums there are for each unit.
        bias_rows: optional int.

    Raises:
        ValueError: naming the first array whose shape does not fit, what it is and what was expected.
    """
    if np.ndim(inputs) != 3:
        raise ValueError(f"inputs has shape {np.shape(inputs)}; expected (batch, timesteps, features)")
    batch, timesteps, features = inputs.shape
    if timesteps == 0:
        raise ValueError(f"inputs has shape {inputs.shape}; a sequence has at least one step")
    bias_dimensions = 1 if bias_rows is None else 2
    columns = np.shape(bias)[-1] if np.ndim(bias) == bias_dimensions else np.shape(kernel)[-1]
    columns_in_words = "units" if blocks == 1 else f"{blocks} * units"
    if columns % blocks:
        raise ValueError(f"bias has {columns} columns; expected {columns_in_words}, a multiple of {blocks}")
    units = columns // blocks
    expected = {name: (state, (batch, units), "(batch, units)") for name, state in states.items()}
    expected["kernel"] = (kernel, (features, columns), f"(features, {columns_in_words})")
    expected["recurrent_kernel"] = (recurrent_kernel, (units, columns), f"(units, {columns_in_words})")
    expected["bias"] = (bias, (columns,), f"({columns_in_words},)")
    if bias_rows is not None:
        expected["bias"] = (bias, (bias_rows, columns), f"({bias_rows}, {columns_in_words})")
    if mask is not None:
        expected["mask"] = (mask, (batch, timesteps), "(batch, timesteps)")
    for name, (array, shape, words) in expected.items():
        if np.shape(array) != shape:
            raise ValueError(f"{name} has shape {np.shape(array)}; expected {words} = {shape}")


def check_backward(state_gradients, states, truncation):
    """Compares what comes back from the loss with the states it belongs to.

    Args:
        state_gradients: dict from name to array, or None where the loss does not look.
        states: array `(batch, timesteps, units)`.
        truncation: None, or what should be a positive integer.

    Raises:
        ValueError: naming the gradient whose shape differs from that of the states, or the truncation.
    """
    for name, gradients in state_gradients.items():
        if gradients is not None and np.shape(gradients) != np.shape(states):
            raise ValueError(
                f"{name} has shape {np.shape(gradients)}; expected one gradient for every state, "
                f"{np.shape(states)}"
            )
    if truncation is not None and (truncation < 1 or truncation != int(truncation)):
        raise ValueError(
            f"truncation is {truncation!r}; it counts steps, so it is an integer from 1 on, or None"
        )
