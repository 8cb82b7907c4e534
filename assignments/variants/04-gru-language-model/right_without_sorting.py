"""Right: the largest is taken until k, or p, is reached; drawing by Gumbel noise; generate calls itself."""

LOSES = {}


# %% top-k
def top_k_probabilities(logits, k):
    left, kept = np.array(logits, dtype="float64"), np.zeros(logits.shape, dtype=bool)
    rows = np.arange(len(left))
    for _ in range(min(k, left.shape[1])):
        best = left.argmax(axis=1)  # of equals the first
        kept[rows, best], left[rows, best] = True, -np.inf
    return temperature_probabilities(np.where(kept, logits, -np.inf))


# %% top-p
def top_p_probabilities(logits, p):
    left = np.array(temperature_probabilities(logits))
    kept = np.zeros(left.shape)
    for row in range(len(left)):
        while kept[row].sum() < p and left[row].max() > 0:
            best = left[row].argmax()
            kept[row, best], left[row, best] = left[row, best], 0.0
    return kept / kept.sum(axis=1, keepdims=True)


# %% draw
def draw(probabilities, random):
    with np.errstate(divide="ignore"):
        return np.argmax(np.log(probabilities) + random.gumbel(size=np.shape(probabilities)), axis=1)


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    if steps == 0:
        return np.zeros((len(start), 0), dtype=int)
    logits, state = next_step(start, state)
    ids = draw(sampler(np.asarray(logits)), random)
    return np.column_stack([ids, generate(next_step, ids, state, steps - 1, sampler, random)])
