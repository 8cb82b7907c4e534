"""The gated recurrent unit in NumPy: one step, a whole sequence, and the way back, in both conventions.

Names and shapes are those of `recurrent.py`, with three blocks of columns, in the order z, r, h of Keras:

    inputs            x    (batch, timesteps, features)
    hidden            h_t  (batch, units)
    kernel            W    (features, 3 * units)
    recurrent_kernel  U    (units, 3 * units)
    bias              b    (3 * units,), or with reset_after (2, 3 * units): one row for x W, one for h U
"""

from typing import NamedTuple

import numpy as np

from coursepkg.scratch.activations import sigmoid
from coursepkg.scratch.shapes import check_backward, check_shapes


class GRUGates(NamedTuple):
    """What the gates of a GRU said, in the order of the blocks.

    Each is an array `(batch, units)` for one step, `(batch, timesteps, units)` for a sequence. The update
    and reset gates lie between 0 and 1, the candidate between -1 and 1.
    """

    update: np.ndarray
    reset: np.ndarray
    candidate: np.ndarray


def gru_step(inputs, hidden, kernel, recurrent_kernel, bias, reset_after=True):
    """Moves the hidden state one step forward (Cho et al., 2014, eq. 5-8).

    Args:
        inputs: array `(batch, features)`, the inputs x_t of this step.
        hidden: array `(batch, units)`, h_{t-1}.
        kernel: array `(features, 3 * units)`, W.
        recurrent_kernel: array `(units, 3 * units)`, U.
        bias: array `(2, 3 * units)`, b and b', or `(3 * units,)` if not `reset_after`.
        reset_after: bool, whether the reset gate multiplies h_{t-1} U_h (True) or h_{t-1} itself (False,
            as in the paper).

    Returns:
        Tuple `(hidden, gates)`: h_t `(batch, units)`, and the `GRUGates` of this step.
    """
    input_bias, recurrent_bias = bias if reset_after else (bias, np.zeros_like(bias))
    u_z, u_r, u_h = np.split(recurrent_kernel, 3, axis=-1)  # (units, units) each
    b_z, b_r, b_h = np.split(recurrent_bias, 3)  # (units,) each
    x_z, x_r, x_h = np.split(inputs @ kernel + input_bias, 3, axis=-1)  # (batch, units) each
    update = sigmoid(x_z + hidden @ u_z + b_z)  # z_t, eq. 6
    reset = sigmoid(x_r + hidden @ u_r + b_r)  # r_t, eq. 5
    recalled = reset * (hidden @ u_h + b_h) if reset_after else (reset * hidden) @ u_h
    candidate = np.tanh(x_h + recalled)  # g_t, eq. 8
    hidden = update * hidden + (1.0 - update) * candidate  # h_t, eq. 7
    return hidden, GRUGates(update, reset, candidate)


def gru_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias, reset_after=True, mask=None):
    """Runs the same step, with the same weights, over a whole sequence.

    Args:
        inputs: array `(batch, timesteps, features)`.
        initial_hidden: array `(batch, units)`, h_0, usually zeros.
        kernel: array `(features, 3 * units)`, W.
        recurrent_kernel: array `(units, 3 * units)`, U.
        bias: array `(2, 3 * units)`, or `(3 * units,)` if not `reset_after`.
        reset_after: bool, as for `gru_step`.
        mask: optional bool array `(batch, timesteps)`. Where it is False the step is padding, and the
            hidden state passes through it unchanged.

    Returns:
        Tuple `(hidden_states, gates)`: the state after every step, `(batch, timesteps, units)`, and
        `GRUGates` of arrays of that shape. What the gates say at a padded step has no effect.

    Raises:
        ValueError: if shapes do not fit together.
    """
    _check(inputs, initial_hidden, kernel, recurrent_kernel, bias, reset_after, mask)
    hidden, steps = initial_hidden, []
    for step in range(inputs.shape[1]):
        updated, gates = gru_step(inputs[:, step], hidden, kernel, recurrent_kernel, bias, reset_after)
        hidden = updated if mask is None else np.where(mask[:, step, None], updated, hidden)
        steps.append((hidden, *gates))
    hidden_states, *gates = (np.stack(arrays, axis=1) for arrays in zip(*steps, strict=True))
    return hidden_states, GRUGates(*gates)


def gru_backward(
    hidden_gradients,
    inputs,
    hidden_states,
    gates,
    initial_hidden,
    kernel,
    recurrent_kernel,
    bias,
    reset_after=True,
    truncation=None,
    mask=None,
):
    """Backpropagation through time: the gradient of the loss, from the last step to the first.

    Args:
        hidden_gradients: array `(batch, timesteps, units)`, the direct gradient of the loss by each h_t.
        inputs: array `(batch, timesteps, features)`, as given to `gru_forward`.
        hidden_states: array `(batch, timesteps, units)`, from `gru_forward`.
        gates: `GRUGates`, from `gru_forward`.
        initial_hidden: array `(batch, units)`, h_0.
        kernel: array `(features, 3 * units)`, W.
        recurrent_kernel: array `(units, 3 * units)`, U.
        bias: array `(2, 3 * units)`, or `(3 * units,)` if not `reset_after`.
        reset_after: bool, as for `gru_step`.
        truncation: optional int k. The sequence is cut into chunks of k steps, starting at the first, and no
            gradient crosses a cut, while the hidden state does. None carries the gradient all the way.
        mask: optional bool array `(batch, timesteps)`, as given to `gru_forward`.

    Returns:
        Dict with the gradient of the loss by `inputs`, `initial_hidden`, `kernel`, `recurrent_kernel` and
        `bias`, each of the shape of what it belongs to.

    Raises:
        ValueError: if shapes do not fit together or `truncation` is not a positive integer.
    """
    _check(inputs, initial_hidden, kernel, recurrent_kernel, bias, reset_after, mask)
    forward = {"hidden_states": hidden_states}
    forward |= {f"the {name} gate": gate for name, gate in zip(GRUGates._fields, gates, strict=True)}
    check_backward({"hidden_gradients": hidden_gradients}, forward, inputs, initial_hidden, truncation)

    dtype, units = hidden_states.dtype, initial_hidden.shape[-1]
    gradients = {
        "inputs": np.zeros(inputs.shape, dtype),
        "kernel": np.zeros(kernel.shape, dtype),
        "recurrent_kernel": np.zeros(recurrent_kernel.shape, dtype),
        "bias": np.zeros(bias.shape, dtype),
    }
    u_gates, u_h = np.split(recurrent_kernel, [2 * units], axis=-1)  # (units, 2 * units) and (units, units)
    to_hidden = np.zeros(initial_hidden.shape, dtype)  # through step t + 1; the last step has no next one
    for step in reversed(range(inputs.shape[1])):
        previous_hidden = hidden_states[:, step - 1] if step > 0 else initial_hidden  # h_{t-1}
        z, r, g = (gate[:, step] for gate in gates)  # (batch, units) each

        by_hidden = hidden_gradients[:, step] + to_hidden  # (batch, units)
        passed_through = 0.0
        if mask is not None:  # at a padded step h_t is h_{t-1}, so its gradient is too
            seen = mask[:, step, None]  # (batch, 1)
            passed_through, by_hidden = np.where(seen, 0.0, by_hidden), np.where(seen, by_hidden, 0.0)

        # h_t = z_t * h_{t-1} + (1 - z_t) * g_t; sigmoid' = s (1 - s), tanh' = 1 - tanh²
        by_x_h = by_hidden * (1.0 - z) * (1.0 - g**2)  # by the weighted sum inside the candidate
        if reset_after:
            recalled = previous_hidden @ u_h + bias[1, 2 * units :]
            by_reset, by_h_h = by_x_h * recalled, by_x_h * r  # r_t * (h_{t-1} U_h + b'_h)
            seen_by_u_h, to_previous = previous_hidden, by_h_h @ u_h.T
        else:
            by_product = by_x_h @ u_h.T  # (r_t * h_{t-1}) U_h
            by_reset, by_h_h = by_product * previous_hidden, by_x_h
            seen_by_u_h, to_previous = r * previous_hidden, by_product * r
        by_z = by_hidden * (previous_hidden - g) * z * (1.0 - z)
        by_r = by_reset * r * (1.0 - r)

        by_gates = np.concatenate([by_z, by_r], axis=-1)  # (batch, 2 * units)
        by_input_terms = np.concatenate([by_gates, by_x_h], axis=-1)  # (batch, 3 * units)
        by_recurrent_terms = np.concatenate([by_gates, by_h_h], axis=-1)
        gradients["inputs"][:, step] = by_input_terms @ kernel.T
        gradients["kernel"] += inputs[:, step].T @ by_input_terms
        gradients["recurrent_kernel"][:, : 2 * units] += previous_hidden.T @ by_gates
        gradients["recurrent_kernel"][:, 2 * units :] += seen_by_u_h.T @ by_h_h
        by_bias = by_input_terms.sum(axis=0)
        gradients["bias"] += np.stack([by_bias, by_recurrent_terms.sum(axis=0)]) if reset_after else by_bias
        to_hidden = by_hidden * z + by_gates @ u_gates.T + to_previous + passed_through
        if truncation is not None and step > 0 and step % truncation == 0:
            to_hidden = np.zeros_like(to_hidden)  # a cut lies between this step and the one before
    return {**gradients, "initial_hidden": to_hidden}


def _check(inputs, initial_hidden, kernel, recurrent_kernel, bias, reset_after, mask):
    check_shapes(
        inputs,
        {"initial_hidden": initial_hidden},
        kernel,
        recurrent_kernel,
        bias,
        mask,
        blocks=3,
        bias_rows=2 if reset_after else None,
    )
