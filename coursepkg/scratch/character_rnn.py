"""A character model in NumPy: it reads a text one symbol at a time and says what comes next."""

import numpy as np

from coursepkg.scratch.losses import softmax, softmax_cross_entropy
from coursepkg.scratch.recurrent import rnn_backward, rnn_forward


def initial_parameters(features, units, outputs, seed=0):
    """Draws the weights of a recurrent network with an output layer, as Keras would.

    Args:
        features: int, how many numbers come in at each step.
        units: int, the size of the hidden state.
        outputs: int, how many numbers go out.
        seed: int, for the draws.

    Returns:
        Dict with `kernel` `(features, units)`, `recurrent_kernel` `(units, units)`, `bias` `(units,)`,
        `output_kernel` `(units, outputs)` and `output_bias` `(outputs,)`.
    """
    generator = np.random.default_rng(seed)
    orthogonal, _ = np.linalg.qr(generator.normal(size=(units, units)))  # turns a state, keeps its length
    return {
        "kernel": _glorot_uniform(generator, features, units),
        "recurrent_kernel": orthogonal,
        "bias": np.zeros(units),
        "output_kernel": _glorot_uniform(generator, units, outputs),
        "output_bias": np.zeros(outputs),
    }


class CharacterRNN:
    """A recurrent network with a softmax on top, forward and backward.

    At every step h_t = tanh(x_t W + h_{t-1} U + b) with x_t the one-hot row of the symbol, and
    p(next symbol) = softmax(h_t V + c).

    Args:
        vocabulary_size: int, how many symbols there are.
        units: int, the size of the hidden state.
        seed: int, for the initial weights.

    Raises:
        ValueError: by `sample`, if the prompt is empty or the temperature is not positive.
    """

    def __init__(self, vocabulary_size, units, seed=0):
        self.vocabulary_size, self.units = vocabulary_size, units
        self.parameters = initial_parameters(vocabulary_size, units, vocabulary_size, seed)

    def initial_hidden(self, batch):
        """Returns the hidden state of someone who has read nothing: zeros `(batch, units)`."""
        return np.zeros((batch, self.units))

    def forward(self, ids, hidden):
        """Reads a batch of texts.

        Args:
            ids: int array `(batch, timesteps)`.
            hidden: array `(batch, units)`, the state before the first symbol.

        Returns:
            Tuple `(logits, hidden_states)` of shapes `(batch, timesteps, vocabulary_size)` and
            `(batch, timesteps, units)`.
        """
        p = self.parameters
        hidden_states = rnn_forward(self._one_hot(ids), hidden, p["kernel"], p["recurrent_kernel"], p["bias"])
        return hidden_states @ p["output_kernel"] + p["output_bias"], hidden_states

    def loss_and_gradients(self, ids, next_ids, hidden, truncation=None, mask=None):
        """Mean surprise at the next symbols, and its gradient by every parameter.

        Args:
            ids: int array `(batch, timesteps)`.
            next_ids: int array `(batch, timesteps)`, the symbol after each of `ids`.
            hidden: array `(batch, units)`, the state before the first symbol.
            truncation: optional int, how many steps a gradient is carried (see `rnn_backward`).
            mask: optional bool array `(batch, timesteps)`, False where a prediction does not count.

        Returns:
            Tuple `(loss, gradients, hidden)`: nats per symbol, a dict with the names of `self.parameters`,
            and the state `(batch, units)` after the last symbol.
        """
        p = self.parameters
        logits, hidden_states = self.forward(ids, hidden)
        loss, logit_gradients = softmax_cross_entropy(
            logits, next_ids, mask
        )  # (batch, timesteps, vocabulary)
        hidden_gradients = logit_gradients @ p["output_kernel"].T  # (batch, timesteps, units)
        gradients = rnn_backward(
            hidden_gradients,
            self._one_hot(ids),
            hidden_states,
            hidden,
            p["kernel"],
            p["recurrent_kernel"],
            p["bias"],
            truncation=truncation,
        )
        batch_and_time = ((0, 1), (0, 1))  # what the weights are shared over; tensordot is einsum, but faster
        gradients["output_kernel"] = np.tensordot(hidden_states, logit_gradients, axes=batch_and_time)
        gradients["output_bias"] = logit_gradients.sum(axis=(0, 1))
        return loss, {name: gradients[name] for name in p}, hidden_states[:, -1]

    def sample(self, ids, length, seed=0, temperature=1.0):
        """Goes on writing after a prompt, one drawn symbol at a time.

        Args:
            ids: int array `(timesteps,)`, the prompt, at least one symbol.
            length: int, how many symbols to write.
            seed: int, for the draws.
            temperature: float; below 1 the likely symbols become likelier, above 1 all become more alike.

        Returns:
            Int array `(length,)`, without the prompt.

        Raises:
            ValueError: if the prompt is empty or the temperature is not positive.
        """
        if len(ids) == 0:
            raise ValueError("the prompt is empty; the model needs one symbol to start from")
        if not temperature > 0:
            raise ValueError(f"temperature is {temperature!r}; expected a positive number")
        generator = np.random.default_rng(seed)
        written, hidden, next_ids = [], self.initial_hidden(1), np.asarray(ids)
        for _ in range(length):
            logits, hidden_states = self.forward(next_ids[None, :], hidden)  # (1, timesteps, vocabulary)
            hidden = hidden_states[:, -1]
            symbol = generator.choice(self.vocabulary_size, p=softmax(logits[0, -1] / temperature))
            written.append(symbol)
            next_ids = np.array([symbol])
        return np.array(written, dtype=np.int32)

    def _one_hot(self, ids):
        return np.eye(self.vocabulary_size)[ids]  # (batch, timesteps, vocabulary)


def _glorot_uniform(generator, rows, columns):
    """Uniform weights whose spread keeps signals about as large after the matrix as before (as in Keras)."""
    limit = np.sqrt(6 / (rows + columns))
    return generator.uniform(-limit, limit, size=(rows, columns))
