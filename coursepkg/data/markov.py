"""Markov chains: the next state depends on the present one alone."""

import numpy as np


class MarkovChain:
    """A chain of states `0 ... states - 1` in which the next state depends on the present one alone.

    Args:
        transitions: array of shape `(states, states)`; row `i` holds the probabilities of the states that
            follow state `i`, and adds up to 1.

    Raises:
        ValueError: if the array is not square, or a row is not a probability distribution.
    """

    def __init__(self, transitions):
        transitions = np.array(transitions, dtype=float)
        if transitions.ndim != 2 or transitions.shape[0] != transitions.shape[1] or not transitions.size:
            raise ValueError(f"transitions have shape {transitions.shape}; expected (states, states)")
        sums = transitions.sum(axis=1)
        worst = int(np.argmax(np.abs(sums - 1)))
        if not np.all(transitions >= 0) or not abs(sums[worst] - 1) < 1e-8:
            raise ValueError(
                f"row {worst} of the transitions adds up to {sums[worst]:.6g} (smallest entry "
                f"{transitions.min():.4g}); expected non-negative rows that add up to 1. Row i holds what "
                "follows state i: is the matrix transposed?"
            )
        self.transitions = transitions

    @classmethod
    def fit(cls, ids, states, k=0.0):
        """Estimates the transitions from a sequence of states: counts of pairs, each row divided by its sum.

        Args:
            ids: int array of shape `(timesteps,)`.
            states: int, number of states.
            k: float, added to each count.

        Returns:
            `MarkovChain`. A state that was never left has a uniform row.

        Raises:
            ValueError: if there are fewer than two steps, a state is out of range, or `k` is negative.
        """
        ids = np.asarray(ids)
        if ids.ndim != 1 or len(ids) < 2:
            raise ValueError(f"ids have shape {ids.shape}; expected (timesteps,) with at least two steps")
        if ids.min() < 0 or ids.max() >= states:
            raise ValueError(f"ids run from {ids.min()} to {ids.max()}; expected 0 to {states - 1}")
        if k < 0:
            raise ValueError(f"k is {k}; a negative pseudo-count would give negative probabilities")
        counts = np.full((states, states), float(k))
        np.add.at(counts, (ids[:-1], ids[1:]), 1)
        totals = counts.sum(axis=1, keepdims=True)
        return cls(np.where(totals > 0, counts / np.maximum(totals, 1e-300), 1 / states))

    def stationary_distribution(self):
        """The distribution that one more step leaves as it is: `pi P = pi`.

        Returns:
            Array of shape `(states,)` that adds up to 1.

        Raises:
            ValueError: if there is more than one, because the chain falls into parts that never meet.
        """
        states = len(self.transitions)
        equations = np.vstack([self.transitions.T - np.eye(states), np.ones(states)])
        right = np.append(np.zeros(states), 1.0)
        solution, _, rank, _ = np.linalg.lstsq(equations, right, rcond=1e-12)
        if rank < states:
            raise ValueError(
                "the chain has more than one stationary distribution: some groups of states are never left, "
                "so where it ends depends on where it starts"
            )
        solution = np.clip(solution, 0.0, None)
        return solution / solution.sum()

    def entropy_rate(self):
        """Mean uncertainty of the next state when the present one is known, in nats.

        No model can have a smaller cross-entropy on a sequence from this chain: `exp` of it is the lowest
        perplexity there is.

        Returns:
            float, `-sum_i pi_i sum_j P_ij ln P_ij`.
        """
        logs = np.log(np.where(self.transitions > 0, self.transitions, 1.0))
        return float(-self.stationary_distribution() @ np.sum(self.transitions * logs, axis=1))

    def sample(self, length, seed, initial=None):
        """Draws a sequence of states.

        Args:
            length: int, number of steps.
            seed: int.
            initial: int, the first state. By default drawn from the stationary distribution.

        Returns:
            int32 array of shape `(length,)`.

        Raises:
            ValueError: if the first state does not exist.
        """
        states = len(self.transitions)
        if initial is not None and not 0 <= initial < states:
            raise ValueError(f"initial is {initial}; expected a state from 0 to {states - 1}")
        generator = np.random.default_rng(seed)
        if initial is None:
            initial = generator.choice(states, p=self.stationary_distribution())
        cumulative = np.cumsum(self.transitions, axis=1)
        cumulative[:, -1] = 1.0
        # The last state of a row that can follow at all: rounding must not pick one with probability 0.
        last = states - 1 - np.argmax(self.transitions[:, ::-1] > 0, axis=1)
        draws = generator.random(max(length - 1, 0))
        sequence = np.empty(length, dtype=np.int32)
        state = initial
        for step in range(length):
            if step:
                state = min(np.searchsorted(cumulative[state], draws[step - 1], side="right"), last[state])
            sequence[step] = state
        return sequence
