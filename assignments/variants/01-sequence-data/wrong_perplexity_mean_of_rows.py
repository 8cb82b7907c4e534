"""Each row gets its own perplexity, and these are averaged."""

LOSES = {
    "test-perplexity-batch": r"over pairs, not over rows",
    "test-perplexity-pairs": r"random perplexity",
}


# %% perplexity
def perplexity(probabilities, ids, mask):
    rows = []
    for row, real in zip(ids, mask, strict=True):
        row = row[real]
        if len(row) > 1:
            rows.append(np.exp(-np.log(probabilities[row[:-1], row[1:]]).mean()))
    return np.mean(rows)
