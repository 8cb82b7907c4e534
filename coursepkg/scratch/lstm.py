"""Long short-term memory in NumPy: one step, a whole sequence, and the way back.

Names and shapes are those of `recurrent.py`, with four blocks of columns, in the order i, f, c, o of Keras:

    inputs            x    (batch, timesteps, features)
    hidden            h_t  (batch, units)
    cell_state        c_t  (batch, units)
    kernel            W    (features, 4 * units)
    recurrent_kernel  U    (units, 4 * units)
    bias              b    (4 * units,)
"""

from typing import NamedTuple

import numpy as np

from coursepkg.scratch.activations import sigmoid
from coursepkg.scratch.shapes import check_backward, check_shapes


class LSTMGates(NamedTuple):
    """What the gates of an LSTM said, in the order of the blocks.

    Each is an array `(batch, units)` for one step, `(batch, timesteps, units)` for a sequence. The input,
    forget and output gates lie between 0 and 1, the candidate between -1 and 1.
    """

    input: np.ndarray
    forget: np.ndarray
    candidate: np.ndarray
    output: np.ndarray


def lstm_step(inputs, hidden, cell_state, kernel, recurrent_kernel, bias):
    """Moves both states one step forward (Hochreiter & Schmidhuber, 1997; forget gate: Gers et al., 2000).

    Args:
        inputs: array `(batch, features)`, the inputs x_t of this step.
        hidden: array `(batch, units)`, h_{t-1}.
        cell_state: array `(batch, units)`, c_{t-1}.
        kernel: array `(features, 4 * units)`, W.
        recurrent_kernel: array `(units, 4 * units)`, U.
        bias: array `(4 * units,)`, b.

    Returns:
        Tuple `(hidden, cell_state, gates)`: h_t and c_t `(batch, units)`, and the `LSTMGates` of this step.
    """
    sums = inputs @ kernel + hidden @ recurrent_kernel + bias  # (batch, 4 * units)
    z_i, z_f, z_c, z_o = np.split(sums, 4, axis=-1)  # (batch, units) each
    gates = LSTMGates(sigmoid(z_i), sigmoid(z_f), np.tanh(z_c), sigmoid(z_o))
    cell_state = gates.forget * cell_state + gates.input * gates.candidate  # c_t
    hidden = gates.output * np.tanh(cell_state)  # h_t
    return hidden, cell_state, gates


def lstm_forward(inputs, initial_hidden, initial_cell_state, kernel, recurrent_kernel, bias, mask=None):
    """Runs the same step, with the same weights, over a whole sequence.

    Args:
        inputs: array `(batch, timesteps, features)`.
        initial_hidden: array `(batch, units)`, h_0, usually zeros.
        initial_cell_state: array `(batch, units)`, c_0, usually zeros.
        kernel: array `(features, 4 * units)`, W.
        recurrent_kernel: array `(units, 4 * units)`, U.
        bias: array `(4 * units,)`, b.
        mask: optional bool array `(batch, timesteps)`. Where it is False the step is padding, and both
            states pass through it unchanged.

    Returns:
        Tuple `(hidden_states, cell_states, gates)`: the states after every step, `(batch, timesteps, units)`,
        and `LSTMGates` of arrays of that shape. What the gates say at a padded step has no effect.

    Raises:
        ValueError: if shapes do not fit together.
    """
    states = {"initial_hidden": initial_hidden, "initial_cell_state": initial_cell_state}
    check_shapes(inputs, states, kernel, recurrent_kernel, bias, mask, blocks=4)
    hidden, cell_state, steps = initial_hidden, initial_cell_state, []
    for step in range(inputs.shape[1]):
        new_hidden, new_cell_state, gates = lstm_step(
            inputs[:, step], hidden, cell_state, kernel, recurrent_kernel, bias
        )
        seen = True if mask is None else mask[:, step, None]  # (batch, 1)
        hidden = np.where(seen, new_hidden, hidden)
        cell_state = np.where(seen, new_cell_state, cell_state)
        steps.append((hidden, cell_state, *gates))
    hidden_states, cell_states, *gates = (np.stack(arrays, axis=1) for arrays in zip(*steps, strict=True))
    return hidden_states, cell_states, LSTMGates(*gates)


def lstm_backward(
    hidden_gradients,
    inputs,
    hidden_states,
    cell_states,
    gates,
    initial_hidden,
    initial_cell_state,
    kernel,
    recurrent_kernel,
    bias,
    cell_state_gradients=None,
    truncation=None,
    mask=None,
):
    """Backpropagation through time along both paths: the hidden state and the cell state.

    From c_t back to c_{t-1} the gradient is multiplied by the forget gate, entry by entry, and by no matrix.

    Args:
        hidden_gradients: array `(batch, timesteps, units)`, the direct gradient of the loss by each h_t.
        inputs: array `(batch, timesteps, features)`, as given to `lstm_forward`.
        hidden_states: array `(batch, timesteps, units)`, from `lstm_forward`.
        cell_states: array `(batch, timesteps, units)`, from `lstm_forward`.
        gates: `LSTMGates`, from `lstm_forward`.
        initial_hidden: array `(batch, units)`, h_0.
        initial_cell_state: array `(batch, units)`, c_0.
        kernel: array `(features, 4 * units)`, W.
        recurrent_kernel: array `(units, 4 * units)`, U.
        bias: array `(4 * units,)`, b.
        cell_state_gradients: optional array `(batch, timesteps, units)`, the direct gradient of the loss by
            each c_t, where the loss looks at the cell state itself (a decoder that starts from it does).
        truncation: optional int k. The sequence is cut into chunks of k steps, starting at the first, and no
            gradient crosses a cut, while the states do. None carries the gradient all the way.
        mask: optional bool array `(batch, timesteps)`, as given to `lstm_forward`.

    Returns:
        Dict with the gradient of the loss by `inputs`, `initial_hidden`, `initial_cell_state`, `kernel`,
        `recurrent_kernel` and `bias`, each of the shape of what it belongs to.

    Raises:
        ValueError: if shapes do not fit together or `truncation` is not a positive integer.
    """
    states = {"initial_hidden": initial_hidden, "initial_cell_state": initial_cell_state}
    check_shapes(inputs, states, kernel, recurrent_kernel, bias, mask, blocks=4)
    direct = {"hidden_gradients": hidden_gradients, "cell_state_gradients": cell_state_gradients}
    forward = {"hidden_states": hidden_states, "cell_states": cell_states}
    forward |= {f"the {name} gate": gate for name, gate in zip(LSTMGates._fields, gates, strict=True)}
    check_backward(direct, forward, inputs, initial_hidden, truncation)

    dtype = hidden_states.dtype
    gradients = {
        "inputs": np.zeros(inputs.shape, dtype),
        "kernel": np.zeros(kernel.shape, dtype),
        "recurrent_kernel": np.zeros(recurrent_kernel.shape, dtype),
        "bias": np.zeros(bias.shape, dtype),
    }
    to_hidden = np.zeros(initial_hidden.shape, dtype)  # through step t + 1; the last step has no next one
    to_cell_state = np.zeros(initial_cell_state.shape, dtype)
    for step in reversed(range(inputs.shape[1])):
        previous_hidden = hidden_states[:, step - 1] if step > 0 else initial_hidden  # h_{t-1}
        previous_cell_state = cell_states[:, step - 1] if step > 0 else initial_cell_state  # c_{t-1}
        i, f, g, o = (gate[:, step] for gate in gates)  # (batch, units) each
        shown = np.tanh(cell_states[:, step])  # what the output gate lets through

        by_hidden = hidden_gradients[:, step] + to_hidden  # (batch, units)
        by_cell_state = to_cell_state
        if cell_state_gradients is not None:
            by_cell_state = by_cell_state + cell_state_gradients[:, step]
        passed_hidden = passed_cell_state = 0.0
        if mask is not None:  # at a padded step the states are those of the step before; so are the gradients
            seen = mask[:, step, None]  # (batch, 1)
            passed_hidden, by_hidden = np.where(seen, 0.0, by_hidden), np.where(seen, by_hidden, 0.0)
            passed_cell_state = np.where(seen, 0.0, by_cell_state)
            by_cell_state = np.where(seen, by_cell_state, 0.0)

        by_cell_state = by_cell_state + by_hidden * o * (1.0 - shown**2)  # h_t = o_t * tanh(c_t)
        by_sums = np.concatenate(  # sigmoid' = s (1 - s), tanh' = 1 - tanh², (batch, 4 * units)
            [
                by_cell_state * g * i * (1.0 - i),
                by_cell_state * previous_cell_state * f * (1.0 - f),
                by_cell_state * i * (1.0 - g**2),
                by_hidden * shown * o * (1.0 - o),
            ],
            axis=-1,
        )
        gradients["inputs"][:, step] = by_sums @ kernel.T
        gradients["kernel"] += inputs[:, step].T @ by_sums
        gradients["recurrent_kernel"] += previous_hidden.T @ by_sums
        gradients["bias"] += by_sums.sum(axis=0)
        to_hidden = by_sums @ recurrent_kernel.T + passed_hidden
        to_cell_state = by_cell_state * f + passed_cell_state  # c_t = f_t * c_{t-1} + ...
        if truncation is not None and step > 0 and step % truncation == 0:
            to_hidden, to_cell_state = np.zeros_like(to_hidden), np.zeros_like(to_cell_state)  # a cut
    return {**gradients, "initial_hidden": to_hidden, "initial_cell_state": to_cell_state}
