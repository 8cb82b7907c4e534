"""The counts behind `NGramModel`: a trie in sorted arrays, counted by NumPy."""

import numpy as np


def checked_ids(ids, vocabulary_size):
    """Turns ids into an int64 array, or says what is wrong with them.

    Args:
        ids: int array of shape `(timesteps,)`.
        vocabulary_size: int.

    Returns:
        int64 array of shape `(timesteps,)`.

    Raises:
        ValueError: if they are not one sequence, empty, no integers, or out of range.
    """
    ids = np.asarray(ids)
    if ids.ndim != 1:
        raise ValueError(f"ids have shape {ids.shape}; expected one sequence of shape (timesteps,)")
    if len(ids) == 0:
        raise ValueError("ids are empty; expected at least one symbol")
    if not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"ids have dtype {ids.dtype}; expected integers: encode the text with a Vocabulary")
    if ids.min() < 0 or ids.max() >= vocabulary_size:
        raise ValueError(
            f"ids run from {ids.min()} to {ids.max()}; with vocabulary_size={vocabulary_size} they must lie "
            f"between 0 and {vocabulary_size - 1}"
        )
    return ids.astype(np.int64)


class NGramTables:
    """Counts of all n-grams up to an order.

    Level `n` numbers the n-grams that occur. Its sorted array of codes holds
    `number of the first n - 1 symbols at level n - 1, times vocabulary_size, plus the last symbol`, so the
    n-grams that continue one context lie side by side, and finding the n-gram that ends at step `t` is one
    search once the (n-1)-gram that ends at step `t - 1` is known.

    Args:
        ids: int64 array of shape `(timesteps,)`.
        order: int, the longest n-gram.
        vocabulary_size: int.
        continuation: bool. If true, the counts below the highest order are numbers of different symbols seen
            before an n-gram, as Kneser-Ney smoothing needs.

    Attributes:
        counts: list of one array for each order, the count of each n-gram.
        totals: list of one array for each order, the sum of the counts after each context.
        types: list of one array for each order, the number of different symbols after each context.
    """

    def __init__(self, ids, order, vocabulary_size, continuation=False):
        self.order, self.vocabulary_size = order, vocabulary_size
        self.codes, self.counts, self.totals, self.types = [], [], [], []
        previous = np.zeros(len(ids) + 1, dtype=np.int64)  # the empty context: one node, number 0
        contexts = 1
        for _ in range(order):
            # previous[i] is the context just before step `len(ids) - steps + i`
            steps = len(previous) - 1
            if steps <= 0:  # the text is shorter than the order
                codes, first, nodes, counts = (np.zeros(0, dtype=np.int64) for _ in range(4))
            else:
                keys = previous[:-1] * vocabulary_size + ids[len(ids) - steps :]
                codes, first, nodes, counts = np.unique(
                    keys, return_index=True, return_inverse=True, return_counts=True
                )
            if continuation and self.codes:
                # The n-gram without its first symbol ends at the same step, one level down.
                suffixes = previous[1:][first]
                self.counts[-1] = np.bincount(suffixes, minlength=len(self.codes[-1]))
            self.codes.append(codes)
            self.counts.append(counts)
            previous, contexts = nodes.reshape(-1), len(codes)
        contexts = 1
        for codes, counts in zip(self.codes, self.counts, strict=True):
            parents = codes // vocabulary_size
            self.totals.append(np.bincount(parents, weights=counts, minlength=contexts))
            self.types.append(np.bincount(parents, weights=counts > 0, minlength=contexts))
            contexts = len(codes)

    def look_up(self, ids):
        """Counts for each step of a text.

        Args:
            ids: int64 array of shape `(timesteps,)`.

        Yields:
            For n = 1, 2, ..., order a tuple of three arrays of shape `(timesteps,)`: the count of the n-gram
            that ends at the step, the total of its context, and the number of types after its context; zero
            where the context never occurred.
        """
        context = np.zeros(len(ids), dtype=np.int64)  # node of the context before each step, -1 if unseen
        for n in range(self.order):
            known = context >= 0
            node = np.where(known, self._find(n, context * self.vocabulary_size + ids), -1)
            yield (
                _take(self.counts[n], node),
                _take(self.totals[n], context),
                _take(self.types[n], context),
            )
            context = np.concatenate([[-1], node[:-1]])

    def next_counts(self, context):
        """Count of each symbol after one context: array of shape `(vocabulary_size,)`, zeros if unseen."""
        node = np.int64(0)
        for n, symbol in enumerate(context):
            node = self._find(n, np.asarray(node * self.vocabulary_size + symbol))
            if node < 0:
                return np.zeros(self.vocabulary_size)
        codes = self.codes[len(context)]
        start, stop = np.searchsorted(codes, [node * self.vocabulary_size, (node + 1) * self.vocabulary_size])
        result = np.zeros(self.vocabulary_size)
        result[codes[start:stop] % self.vocabulary_size] = self.counts[len(context)][start:stop]
        return result

    def _find(self, level, keys):
        """Node of each key at a level, -1 where it does not occur."""
        codes = self.codes[level]
        if len(codes) == 0:
            return np.full(np.shape(keys), -1)
        nodes = np.minimum(np.searchsorted(codes, keys), len(codes) - 1)
        return np.where(codes[nodes] == keys, nodes, -1)


def _take(values, nodes):
    """`values[nodes]`, and 0 for the node -1."""
    if len(values) == 0:
        return np.zeros(len(nodes))
    return np.where(nodes >= 0, values[np.maximum(nodes, 0)], 0).astype(float)
