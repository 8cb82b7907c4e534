"""Sorted by rising frequency, so max_size keeps the rarest characters."""

LOSES = {
    "test-build-vocabulary-order": r"x occurs three times",
    "test-build-vocabulary-limit": r"at most max_size",
}

# %% build-vocabulary
from collections import Counter


def build_vocabulary(text, max_size=None):
    counts = Counter(text)
    ordered = sorted(counts, key=lambda character: (counts[character], character))
    return ["[PAD]", "[UNK]", *ordered][:max_size]
