"""The probabilities of a column add up to 1."""

LOSES = {
    "test-log-softmax-values": r"log_softmax\(\[\[0, log 3\]\]\)",
    "test-log-softmax-large": "The largest logit stands alone",
    "test-log-softmax-impossible": "symbol that cannot come",
    "test-masked-loss-value": "the mean of what they cost",
    "test-masked-loss-end": "the symbol costs 1 and END costs 5|The symbol costs 1 and END costs 5",
    "test-masked-loss-padding": "are real. What became of the others",
    "test-masked-loss-rows": "How much should each of the four weigh",
    "test-greedy-search-scores": "contains NaN",
    "test-beam-search-example": "See the table above exercise 8",
    "test-beam-search-greedy": "Greedy search gives the expected symbols",
    "test-beam-search-totals": "Row 0|row 0",
    "test-beam-search-finished": "What became of the beam that ended first",
    "test-beam-search-everything": "It was found by trying them all",
    "test-beam-search-length": "which two are kept",
    "test-beam-search-few": "compared at every step",
}


# %% log-softmax
def log_softmax(logits):
    shifted = logits - logits.max(axis=0, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
