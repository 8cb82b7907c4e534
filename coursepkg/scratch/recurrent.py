"""The recurrent network of Elman (1990) in NumPy: one step, a whole sequence, and the way back.

Rows are examples and matrices multiply from the right, as in Keras. Names and shapes are the same everywhere:

    inputs            x    (batch, timesteps, features)
    hidden            h_t  (batch, units)
    kernel            W    (features, units)
    recurrent_kernel  U    (units, units)
    bias              b    (units,)
"""

import numpy as np

from coursepkg.scratch.shapes import check_backward, check_shapes


def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    """Moves the hidden state one step forward: h_t = tanh(x_t W + h_{t-1} U + b).

    Args:
        inputs: array `(batch, features)`, the inputs x_t of this step.
        hidden: array `(batch, units)`, the hidden state h_{t-1} after the step before.
        kernel: array `(features, units)`, W.
        recurrent_kernel: array `(units, units)`, U.
        bias: array `(units,)`, b.

    Returns:
        Array `(batch, units)`, the hidden state h_t. Every entry lies between -1 and 1.
    """
    return np.tanh(inputs @ kernel + hidden @ recurrent_kernel + bias)


def rnn_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias, mask=None):
    """Runs the same step, with the same weights, over a whole sequence.

    Args:
        inputs: array `(batch, timesteps, features)`.
        initial_hidden: array `(batch, units)`, h_0, usually zeros.
        kernel: array `(features, units)`, W.
        recurrent_kernel: array `(units, units)`, U.
        bias: array `(units,)`, b.
        mask: optional bool array `(batch, timesteps)`. Where it is False the step is padding, and the
            hidden state passes through it unchanged.

    Returns:
        Array `(batch, timesteps, units)`, the hidden state after every step.
    """
    check_shapes(inputs, {"initial_hidden": initial_hidden}, kernel, recurrent_kernel, bias, mask)
    batch, timesteps, _ = inputs.shape
    dtype = np.result_type(inputs, initial_hidden, kernel, recurrent_kernel, bias)
    hidden_states = np.empty((batch, timesteps, bias.shape[0]), dtype)
    hidden = initial_hidden
    for step in range(timesteps):
        updated = rnn_step(inputs[:, step], hidden, kernel, recurrent_kernel, bias)  # (batch, units)
        hidden = updated if mask is None else np.where(mask[:, step, None], updated, hidden)
        hidden_states[:, step] = hidden
    return hidden_states


def rnn_backward(
    hidden_gradients,
    inputs,
    hidden_states,
    initial_hidden,
    kernel,
    recurrent_kernel,
    bias,
    truncation=None,
    mask=None,
):
    """Backpropagation through time: the gradient of the loss, from the last step to the first (Werbos, 1990).

    A hidden state acts on the loss in two ways: directly, through the output of its own step, and through
    the hidden state of the next step. `hidden_gradients` holds the direct part only; the loop adds the rest.

    Args:
        hidden_gradients: array `(batch, timesteps, units)`, the direct gradient of the loss by each h_t.
        inputs: array `(batch, timesteps, features)`, as given to `rnn_forward`.
        hidden_states: array `(batch, timesteps, units)`, what `rnn_forward` returned.
        initial_hidden: array `(batch, units)`, h_0.
        kernel: array `(features, units)`, W.
        recurrent_kernel: array `(units, units)`, U.
        bias: array `(units,)`, b.
        truncation: optional int k. The sequence is cut into chunks of k steps, starting at the first, and no
            gradient crosses a cut, while the hidden state does. None carries the gradient all the way.
        mask: optional bool array `(batch, timesteps)`, as given to `rnn_forward`.

    Returns:
        Dict with the gradient of the loss by `inputs`, `initial_hidden`, `kernel`, `recurrent_kernel` and
        `bias`, each of the shape of what it belongs to.

    Raises:
        ValueError: if shapes do not fit together or `truncation` is not a positive integer.
    """
    check_shapes(inputs, {"initial_hidden": initial_hidden}, kernel, recurrent_kernel, bias, mask)
    direct, forward = {"hidden_gradients": hidden_gradients}, {"hidden_states": hidden_states}
    check_backward(direct, forward, inputs, initial_hidden, truncation)

    dtype = hidden_states.dtype
    gradients = {
        "inputs": np.zeros(inputs.shape, dtype),
        "initial_hidden": np.zeros(initial_hidden.shape, dtype),
        "kernel": np.zeros(kernel.shape, dtype),
        "recurrent_kernel": np.zeros(recurrent_kernel.shape, dtype),
        "bias": np.zeros(bias.shape, dtype),
    }
    from_next_step = np.zeros(initial_hidden.shape, dtype)  # through h_{t+1}; the last state has no next one
    for step in reversed(range(inputs.shape[1])):
        hidden = hidden_states[:, step]  # h_t, (batch, units)
        previous_hidden = hidden_states[:, step - 1] if step > 0 else initial_hidden  # h_{t-1}

        hidden_gradient = hidden_gradients[:, step] + from_next_step  # delta_t, (batch, units)
        passed_through = 0.0
        if mask is not None:  # at a padded step h_t is h_{t-1}, so its gradient is too
            seen = mask[:, step, None]  # (batch, 1)
            passed_through = np.where(seen, 0.0, hidden_gradient)
            hidden_gradient = np.where(seen, hidden_gradient, 0.0)

        preactivation_gradient = hidden_gradient * (1.0 - hidden**2)  # tanh' = 1 - tanh², (batch, units)
        gradients["inputs"][:, step] = preactivation_gradient @ kernel.T
        gradients["kernel"] += inputs[:, step].T @ preactivation_gradient  # shared by all steps: a sum
        gradients["recurrent_kernel"] += previous_hidden.T @ preactivation_gradient
        gradients["bias"] += preactivation_gradient.sum(axis=0)
        from_next_step = preactivation_gradient @ recurrent_kernel.T + passed_through
        if truncation is not None and step > 0 and step % truncation == 0:
            from_next_step = np.zeros_like(from_next_step)  # a cut lies between this step and the one before
    gradients["initial_hidden"] = from_next_step
    return gradients
