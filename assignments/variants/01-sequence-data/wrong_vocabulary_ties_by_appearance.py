"""Equally frequent characters stand in the order in which they first occur."""

LOSES = {
    "test-build-vocabulary-ties": r"equally frequent",
}

# %% build-vocabulary
from collections import Counter


def build_vocabulary(text, max_size=None):
    ordered = [character for character, _ in Counter(text).most_common()]
    return ["[PAD]", "[UNK]", *ordered][:max_size]
