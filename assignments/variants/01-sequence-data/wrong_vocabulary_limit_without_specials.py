"""max_size counts the characters only, so the list is two entries too long."""

LOSES = {
    "test-build-vocabulary-limit": r"at most max_size",
}

# %% build-vocabulary
from collections import Counter


def build_vocabulary(text, max_size=None):
    counts = Counter(text)
    ordered = sorted(counts, key=lambda character: (-counts[character], character))
    return ["[PAD]", "[UNK]"] + ordered[:max_size]
