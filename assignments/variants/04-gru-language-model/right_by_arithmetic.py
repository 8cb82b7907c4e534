"""Right: masks multiply, log-sum-exp in float64, ranks are counted, drawing by inversion."""

LOSES = {}


# %% gru-forward
def gru_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias, mask=None, reset_after=True):
    timesteps = inputs.shape[1]
    hidden_states = np.empty((timesteps + 1, *initial_hidden.shape))
    hidden_states[0] = initial_hidden
    real = np.ones(inputs.shape[:2]) if mask is None else np.asarray(mask, dtype=float)
    for t, x in enumerate(np.swapaxes(inputs, 0, 1)):
        before = hidden_states[t]
        new = gru_step(x, before, kernel, recurrent_kernel, bias, reset_after=reset_after)
        hidden_states[t + 1] = real[:, t : t + 1] * new + (1 - real[:, t : t + 1]) * before
    return hidden_states[1:].transpose(1, 0, 2)


# %% perplexity
def perplexity(logits, targets, mask):
    logits = np.asarray(logits, dtype="float64")
    normaliser = np.logaddexp.reduce(logits, axis=-1)
    batch, timesteps = np.nonzero(mask)
    nats = normaliser[batch, timesteps] - logits[batch, timesteps, targets[batch, timesteps]]
    return np.exp(np.average(nats))


# %% temperature
def temperature_probabilities(logits, temperature=1.0):
    scaled = np.asarray(logits, dtype="float64") / temperature
    return np.exp(scaled - np.logaddexp.reduce(scaled, axis=1)[:, None])


# %% top-k
def top_k_probabilities(logits, k):
    size = logits.shape[1]
    earlier = np.arange(size)[None, :] < np.arange(size)[:, None]  # (symbol, other)
    better = logits[:, None, :] > logits[:, :, None]  # (batch, symbol, other)
    equal = logits[:, None, :] == logits[:, :, None]
    rank = (better | (equal & earlier)).sum(axis=2)
    weights = np.where(rank < k, np.exp(logits - logits.max()), 0.0)
    return weights / weights.sum(axis=1, keepdims=True)


# %% draw
def draw(probabilities, random):
    sums = np.cumsum(probabilities, axis=1)
    uniform = random.random((len(probabilities), 1)) * sums[:, -1:]
    return (sums <= uniform).sum(axis=1)
