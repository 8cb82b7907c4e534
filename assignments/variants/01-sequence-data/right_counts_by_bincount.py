"""np.bincount of combined indices, integers as counts."""

LOSES = {}


# %% count-bigrams
def count_bigrams(ids, mask, size):
    pairs = mask[:, :-1] & mask[:, 1:]
    combined = ids[:, :-1] * size + ids[:, 1:]
    return np.bincount(combined[pairs], minlength=size * size).reshape(size, size)


# %% bigram-probabilities
def bigram_probabilities(counts, k=1.0):
    raised = np.concatenate([np.zeros((len(counts), 1)), counts[:, 1:] + k], axis=1)
    return (raised.T / raised.sum(axis=1)).T
