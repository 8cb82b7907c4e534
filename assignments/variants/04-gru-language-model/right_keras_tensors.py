"""Right: the first exercises answered with keras.ops in float64, which gives tensors."""

LOSES = {}


# %% gates
def gates(inputs, hidden, kernel, recurrent_kernel, bias):
    x, h, W, U, b = (
        keras.ops.convert_to_tensor(value, dtype="float64")
        for value in (inputs, hidden, kernel, recurrent_kernel, bias)
    )
    update, reset, _ = keras.ops.split(keras.ops.sigmoid(x @ W + h @ U + b), 3, axis=-1)
    return update, reset


# %% candidate-before
def candidate_before(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    x, h, r, W, U, b = (
        keras.ops.convert_to_tensor(value, dtype="float64")
        for value in (inputs, hidden, reset, kernel, recurrent_kernel, bias)
    )
    return keras.ops.tanh(x @ W + (r * h) @ U + b)


# %% candidate-after
def candidate_after(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    x, h, r, W, U, b = (
        keras.ops.convert_to_tensor(value, dtype="float64")
        for value in (inputs, hidden, reset, kernel, recurrent_kernel, bias)
    )
    return keras.ops.tanh(x @ W + b[0] + r * (h @ U + b[1]))


# %% perplexity
def perplexity(logits, targets, mask):
    nats = keras.losses.sparse_categorical_crossentropy(
        targets, keras.ops.convert_to_tensor(logits, dtype="float64"), from_logits=True
    )
    return keras.ops.exp(keras.ops.mean(nats[keras.ops.convert_to_tensor(mask)]))


# %% temperature
def temperature_probabilities(logits, temperature=1.0):
    return keras.ops.softmax(keras.ops.convert_to_tensor(logits, dtype="float64") / temperature, axis=-1)


# %% top-k
def top_k_probabilities(logits, k):
    logits = np.asarray(logits, dtype="float64")
    kept = np.zeros(logits.shape, dtype=bool)
    np.put_along_axis(kept, np.argsort(-logits, axis=1, kind="stable")[:, :k], True, axis=1)
    return keras.ops.softmax(np.where(kept, logits, -np.inf), axis=-1)


# %% top-p
def top_p_probabilities(logits, p):
    probabilities = np.asarray(temperature_probabilities(logits))
    order = np.argsort(-probabilities, axis=1, kind="stable")
    total = np.cumsum(np.take_along_axis(probabilities, order, axis=1), axis=1)
    count = (total < p).sum(axis=1) + 1  # those that do not reach p, and the one that does
    rank = np.argsort(order, axis=1)
    kept = keras.ops.where(rank < count[:, None], probabilities, 0.0)
    return kept / keras.ops.sum(kept, axis=1, keepdims=True)
