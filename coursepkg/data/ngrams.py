"""N-gram models over integer ids, with the three classical ways to smooth their counts."""

import numpy as np

from coursepkg.data._ngram_tables import NGramTables, checked_ids

SMOOTHINGS = ("add-k", "interpolated", "kneser-ney")


class NGramModel:
    """Predicts the next symbol from the `order - 1` symbols before it, by counting.

    Three ways to turn counts into probabilities are offered. Below, `u` is a context of `n - 1` symbols, `u'`
    the same without its oldest symbol, `x` the next symbol, `total(u)` the sum of `count(ux)` over all `x`,
    `types(u)` the number of different `x` seen after `u`, and `K` the size of the vocabulary.

    - `"add-k"`: `p(x|u) = (count(ux) + k) / (total(u) + k K)`. With `k=0` these are the plain relative
      frequencies, which give probability 0 to whatever did not occur.
    - `"interpolated"` (Jelinek and Mercer, 1980):
      `p_n(x|u) = w_n count(ux)/total(u) + (1 - w_n) p_{n-1}(x|u')`, down to the uniform distribution. The
      weights `w_n`, one for each order, are fitted by expectation maximisation on text that was not counted.
      (Their own version has several weights for each order, chosen by how often the context occurred.)
    - `"kneser-ney"` (Kneser and Ney, 1995, in the interpolated form of Chen and Goodman, 1999):
      `p_n(x|u) = (max(count(ux) - d_n, 0) + d_n types(u) p_{n-1}(x|u')) / total(u)`, where below the highest
      order `count` is the number of different symbols that were seen just before the n-gram.

    A context that never occurred falls back on the next shorter one (in `"add-k"`, on the uniform
    distribution), so that the probabilities of every context add up to 1. The first symbols of a sequence
    are predicted from as many symbols as there are.

    Args:
        order: int, at least 1. 1 ignores the context, 2 is a bigram model.
        vocabulary_size: int, number of different ids; ids are 0 to `vocabulary_size - 1`.
        smoothing: `"add-k"`, `"interpolated"` or `"kneser-ney"`.
        k: float, the pseudo-count of `"add-k"`; 0 means no smoothing.
        discount: float between 0 and 1, the `d_n` of `"kneser-ney"`. By default estimated for each order as
            `n_1 / (n_1 + 2 n_2)`, with `n_r` the number of n-grams with count `r`.

    Attributes:
        weights: after `fit` with `"interpolated"`, array of shape `(order,)`, the `w_n`.
        discounts: after `fit` with `"kneser-ney"`, array of shape `(order,)`, the `d_n`.

    Raises:
        ValueError: if the order or the vocabulary is below 1, the smoothing is unknown, `k` is negative
            or the discount is not between 0 and 1.
    """

    def __init__(self, order, vocabulary_size, smoothing="kneser-ney", k=1.0, discount=None):
        if order < 1:
            raise ValueError(f"order is {order}; expected at least 1 (1 = no context, 2 = bigrams)")
        if vocabulary_size < 1:
            raise ValueError(f"vocabulary_size is {vocabulary_size}; expected at least 1")
        if smoothing not in SMOOTHINGS:
            raise ValueError(f"smoothing is {smoothing!r}; expected one of {', '.join(SMOOTHINGS)}")
        if k < 0:
            raise ValueError(f"k is {k}; a negative pseudo-count would give negative probabilities")
        if discount is not None and not 0 < discount < 1:
            raise ValueError(f"discount is {discount}; expected a number between 0 and 1")
        self.order, self.vocabulary_size = int(order), int(vocabulary_size)
        self.smoothing, self.k, self.discount = smoothing, float(k), discount
        self.tables, self.weights, self.discounts = None, None, None

    def fit(self, ids, held_out=None, iterations=30):
        """Counts the n-grams of a text, and fits the weights of `"interpolated"`.

        Args:
            ids: int array of shape `(timesteps,)`.
            held_out: int array of shape `(timesteps,)`, text to fit the weights of `"interpolated"` on; other
                smoothings do not use it. By default the last tenth of `ids` serves: the weights are fitted
                on it with the counts of the other nine tenths, and then everything is counted.
            iterations: int, steps of expectation maximisation.

        Returns:
            The model itself.

        Raises:
            ValueError: if the ids are empty, no integers or out of range, or too few to hold a tenth out.
        """
        ids = checked_ids(ids, self.vocabulary_size)
        if self.smoothing == "interpolated":
            counted = ids
            if held_out is None:
                if len(ids) < 10:
                    raise ValueError(f"{len(ids)} ids are too few to hold a tenth out; pass `held_out`")
                cut = len(ids) - len(ids) // 10
                counted, held_out = ids[:cut], ids[cut:]
            held_out = checked_ids(held_out, self.vocabulary_size)
            self.tables = NGramTables(counted, self.order, self.vocabulary_size)
            self.weights = self._fit_weights(held_out, iterations)
            if counted is not ids:
                self.tables = NGramTables(ids, self.order, self.vocabulary_size)
        else:
            distinct = self.smoothing == "kneser-ney"
            self.tables = NGramTables(ids, self.order, self.vocabulary_size, continuation=distinct)
            if distinct:
                self.discounts = np.array([self._discount(counts) for counts in self.tables.counts])
        return self

    def probabilities(self, context=()):
        """Distribution of the symbol that follows a context.

        Args:
            context: ids of shape `(timesteps,)`; only its last `order - 1` are used, and it may be empty.

        Returns:
            Array of shape `(vocabulary_size,)` that adds up to 1.
        """
        self._require_fit()
        context = np.asarray(context, dtype=np.int64).ravel()
        if len(context):
            checked_ids(context, self.vocabulary_size)
        context = context[len(context) - min(self.order - 1, len(context)) :]
        result = np.full(self.vocabulary_size, 1 / self.vocabulary_size)
        for n in range(1, len(context) + 2):
            counts = self.tables.next_counts(context[len(context) - n + 1 :])
            total, types = counts.sum(), np.count_nonzero(counts)
            if self.smoothing == "add-k" and n <= len(context):
                continue  # only the longest context is used
            result = self._combine(n, counts, total, types, result)
        return result

    def log_probabilities(self, ids):
        """Natural logarithm of the probability of each symbol of a text, given those before it.

        Args:
            ids: int array of shape `(timesteps,)`.

        Returns:
            Array of shape `(timesteps,)`, in nats; `-inf` where the model gives probability 0.
        """
        self._require_fit()
        ids = checked_ids(ids, self.vocabulary_size)
        result = np.full(len(ids), 1 / self.vocabulary_size)
        for n, (counts, totals, types) in enumerate(self.tables.look_up(ids), start=1):
            # At step t there are t symbols to look back at, so order n starts at step n - 1.
            part = slice(n - 1, len(ids))
            result[part] = self._combine(n, counts[part], totals[part], types[part], result[part])
        with np.errstate(divide="ignore"):
            return np.log(result)

    def perplexity(self, ids):
        """`exp` of the mean negative log probability of a text; infinite if any symbol has probability 0.

        Args:
            ids: int array of shape `(timesteps,)`.

        Returns:
            float, between 1 and infinity.
        """
        return float(np.exp(-np.mean(self.log_probabilities(ids))))

    def sample(self, length, seed, prompt=()):
        """Draws symbols one after the other, each from the distribution that follows those before it.

        Args:
            length: int, number of symbols to draw.
            seed: int.
            prompt: ids to begin with; they are not part of the result.

        Returns:
            int32 array of shape `(length,)`.
        """
        generator = np.random.default_rng(seed)
        sequence = list(prompt)
        for _ in range(length):
            distribution = self.probabilities(sequence[-(self.order - 1) :] if self.order > 1 else ())
            sequence.append(generator.choice(self.vocabulary_size, p=distribution))
        return np.array(sequence[len(sequence) - length :], dtype=np.int32)

    def _combine(self, n, counts, totals, types, shorter):
        """Probability at order `n`, from its counts and from `shorter`, the probability at order `n - 1`."""
        occurred = np.maximum(totals, 1)  # totals, without the division by 0
        if self.smoothing == "add-k":
            longer = (counts + self.k) / (occurred + self.k * self.vocabulary_size)
            shorter = 1 / self.vocabulary_size  # no shorter context is asked
        elif self.smoothing == "interpolated":
            weight = self.weights[n - 1]
            longer = weight * counts / occurred + (1 - weight) * shorter
        else:
            discount = self.discounts[n - 1]
            longer = (np.maximum(counts - discount, 0) + discount * types * shorter) / occurred
        return np.where(totals > 0, longer, shorter)

    def _discount(self, counts):
        if self.discount is not None:
            return self.discount
        once, twice = np.sum(counts == 1), np.sum(counts == 2)
        # Without any n-gram that occurred once there is no estimate; 0.75 is the usual constant.
        return once / (once + 2 * twice) if once else 0.75

    def _fit_weights(self, held_out, iterations):
        """Expectation maximisation: how often did each order explain the held-out symbol?"""
        levels = []  # per order: relative frequency (timesteps,), and whether the context was ever seen
        for n, (counts, totals, _) in enumerate(self.tables.look_up(held_out), start=1):
            seen = (totals > 0) & (np.arange(len(held_out)) >= n - 1)
            levels.append((counts / np.maximum(totals, 1), seen))
        weights = np.full(self.order, 0.5)
        for _ in range(iterations):
            mixture = [np.full(len(held_out), 1 / self.vocabulary_size)]
            for weight, (frequency, seen) in zip(weights, levels, strict=True):
                longer = weight * frequency + (1 - weight) * mixture[-1]
                mixture.append(np.where(seen, longer, mixture[-1]))
            reached = np.ones(len(held_out))  # posterior probability that the longer orders passed it on
            for n in range(self.order, 0, -1):
                frequency, seen = levels[n - 1]
                stopped = np.where(seen, reached * weights[n - 1] * frequency / mixture[n], 0.0)
                arrived = np.sum(reached[seen])
                weights[n - 1] = np.sum(stopped) / arrived if arrived > 0 else 0.0
                reached = reached - stopped
        # A weight of exactly 1 would give probability 0 to what the held-out text happened not to contain.
        return np.clip(weights, 0.0, 0.9999)

    def _require_fit(self):
        if self.tables is None:
            raise RuntimeError("the model has counted nothing yet: call fit(ids) first")
