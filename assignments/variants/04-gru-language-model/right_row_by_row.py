"""Right: plain Python, row by row, symbol by symbol."""

LOSES = {}


# %% gru-forward
def gru_forward(inputs, initial_hidden, kernel, recurrent_kernel, bias, mask=None, reset_after=True):
    rows = []
    for row in range(len(inputs)):
        hidden, states = np.asarray(initial_hidden[row : row + 1], dtype="float64"), []
        for step in range(inputs.shape[1]):
            if mask is None or mask[row, step]:
                hidden = gru_step(
                    inputs[row : row + 1, step], hidden, kernel, recurrent_kernel, bias, reset_after
                )
            states.append(hidden[0])
        rows.append(states)
    return rows


# %% perplexity
def perplexity(logits, targets, mask):
    total, count = 0.0, 0
    for row in range(len(targets)):
        for step in range(len(targets[row])):
            if mask[row, step]:
                own = logits[row, step]
                total += np.logaddexp.reduce(own) - own[targets[row, step]]
                count += 1
    return np.exp(total / count)


# %% temperature
def temperature_probabilities(logits, temperature=1.0):
    rows = []
    for row in logits:
        largest = max(row)
        weights = [float(np.exp((value - largest) / temperature)) for value in row]
        rows.append([weight / sum(weights) for weight in weights])
    return rows


# %% top-k
def top_k_probabilities(logits, k):
    rows = []
    for row in logits:
        kept = sorted(range(len(row)), key=lambda symbol: (-row[symbol], symbol))[:k]
        weights = np.array(
            [np.exp(row[symbol] - max(row)) if symbol in kept else 0.0 for symbol in range(len(row))]
        )
        rows.append(weights / weights.sum())
    return np.array(rows)


# %% top-p
def top_p_probabilities(logits, p):
    rows = []
    for row in np.asarray(temperature_probabilities(logits)):
        total, weights = 0.0, np.zeros(len(row))
        for symbol in sorted(range(len(row)), key=lambda symbol: (-row[symbol], symbol)):
            weights[symbol] = row[symbol]
            total += row[symbol]
            if total >= p:
                break
        rows.append((weights / weights.sum()).tolist())
    return rows


# %% draw
def draw(probabilities, random):
    return [int(random.multinomial(1, np.asarray(row)).argmax()) for row in np.asarray(probabilities)]


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    written = [[] for _ in start]
    ids = list(start)
    for _ in range(steps):
        logits, state = next_step(np.array(ids), state)
        ids = [int(symbol) for symbol in draw(np.asarray(sampler(np.asarray(logits))), random)]
        for row, symbol in zip(written, ids):
            row.append(symbol)
    return written
