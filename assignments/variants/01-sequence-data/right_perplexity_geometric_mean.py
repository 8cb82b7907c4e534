"""One over the geometric mean of the probabilities, through a masked array."""

LOSES = {}


# %% perplexity
def perplexity(probabilities, ids, mask):
    given = np.ma.masked_array(probabilities[ids[:, :-1], ids[:, 1:]], mask=~(mask[:, :-1] & mask[:, 1:]))
    return np.array([float(np.prod(given.compressed() ** (-1 / given.count())))]).squeeze()
