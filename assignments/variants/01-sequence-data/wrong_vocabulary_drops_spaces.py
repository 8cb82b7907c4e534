"""White space is dropped, so words run together."""

LOSES = {
    "test-build-vocabulary-symbols": r"Every character counts",
}

# %% build-vocabulary
from collections import Counter


def build_vocabulary(text, max_size=None):
    counts = Counter("".join(text.split()))
    ordered = sorted(counts, key=lambda character: (-counts[character], character))
    return ["[PAD]", "[UNK]", *ordered][:max_size]
