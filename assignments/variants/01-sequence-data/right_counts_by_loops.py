"""Nested loops over rows and steps, with a dictionary in between."""

LOSES = {}

# %% count-bigrams
from collections import defaultdict


def count_bigrams(ids, mask, size):
    found = defaultdict(int)
    for row, real in zip(ids, mask, strict=True):
        for step in range(len(row) - 1):
            if real[step] and real[step + 1]:
                found[int(row[step]), int(row[step + 1])] += 1
    return np.array([[found[first, second] for second in range(size)] for first in range(size)])


# %% perplexity
import math


def perplexity(probabilities, ids, mask):
    total, number = 0.0, 0
    for row, real in zip(ids, mask, strict=True):
        for step in range(1, len(row)):
            if real[step - 1] and real[step]:
                total += math.log2(probabilities[row[step - 1]][row[step]])
                number += 1
    return 2 ** (-total / number)
