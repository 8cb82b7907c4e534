"""Small languages whose every probability can be written down, as functions for decoding."""

import itertools

import numpy as np


class Chain:
    """A Markov chain: the logits depend on the symbol just read. It counts how often it was called."""

    def __init__(self, logits):
        self.logits = np.asarray(logits, float)  # (vocabulary, vocabulary)
        self.calls = 0

    def __call__(self, ids, state):
        self.calls += 1
        return self.logits[ids], state


class Prefixes:
    """A language in which the logits depend on all that was read: random numbers drawn for each prefix.

    The state is what was read so far, so a beam that gets the state of another one is found out.
    """

    def __init__(self, vocabulary, seed=0, scale=1.5):
        self.vocabulary, self.seed, self.scale = vocabulary, seed, scale

    def logits(self, prefix):
        generator = np.random.default_rng([self.seed, *(int(number) for number in prefix)])
        return self.scale * generator.normal(size=self.vocabulary)

    def log_probability(self, start, ids):
        """Sum of log p of the ids, one after another, from the definition."""
        total, prefix = 0.0, [start]
        for number in ids:
            logits = self.logits(prefix)
            total += logits[number] - np.log(np.sum(np.exp(logits)))
            prefix.append(number)
        return total

    def initial_state(self, batch):
        return np.zeros((batch, 0), int)

    def __call__(self, ids, state):
        state = np.concatenate([state, np.asarray(ids)[:, None]], axis=1)  # (batch, steps)
        return np.stack([self.logits(prefix) for prefix in state]), state

    def all_texts(self, max_steps, end):
        """Every text: it stops at the end symbol, or has `max_steps` symbols without one."""
        texts = []
        for length in range(1, max_steps + 1):
            for ids in itertools.product(range(self.vocabulary), repeat=length):
                ended = end is not None and ids[-1] == end
                if (end is None or end not in ids[:-1]) and (ended or length == max_steps):
                    texts.append(ids)
        return texts


def padded(ids, steps):
    """The ids, then zeros."""
    return [*ids, *[0] * (steps - len(ids))]
