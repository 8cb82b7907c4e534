"""Says which array of a recurrent network has the wrong shape."""

import numbers

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
    columns_in_words = "units" if blocks == 1 else f"{blocks} * units"
    bias_dimensions = 1 if bias_rows is None else 2
    name, array = ("bias", bias) if np.ndim(bias) == bias_dimensions else ("kernel", kernel)
    if np.ndim(array) == 0:
        raise ValueError(f"{name} has shape {np.shape(array)}; expected (features, {columns_in_words})")
    columns = np.shape(array)[-1]
    if columns % blocks:
        raise ValueError(f"{name} has {columns} columns; expected {columns_in_words}, a multiple of {blocks}")
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


def check_backward(state_gradients, forward, inputs, initial_hidden, truncation):
    """Compares what the way back begins with: what the way forward returned, and what comes from the loss.

    Args:
        state_gradients: dict from name to array, or None where the loss does not look.
        forward: dict from name to an array that should be `(batch, timesteps, units)`.
        inputs: array `(batch, timesteps, features)`.
        initial_hidden: array `(batch, units)`.
        truncation: None, or what should be a positive integer.

    Raises:
        ValueError: naming the array whose shape differs, or the truncation.
    """
    shape = (*np.shape(inputs)[:2], np.shape(initial_hidden)[-1])
    for name, array in forward.items():
        if np.shape(array) != shape:
            raise ValueError(
                f"{name} has shape {np.shape(array)}; expected (batch, timesteps, units) = {shape}, as the "
                "way forward returned it"
            )
    for name, gradients in state_gradients.items():
        if gradients is not None and np.shape(gradients) != shape:
            raise ValueError(
                f"{name} has shape {np.shape(gradients)}; expected one gradient for every state, {shape}"
            )
    if truncation is not None and (not isinstance(truncation, numbers.Integral) or truncation < 1):
        raise ValueError(
            f"truncation is {truncation!r}; it counts steps, so it is an integer from 1 on, or None"
        )
