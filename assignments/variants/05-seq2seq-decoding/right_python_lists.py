"""Lists of int and float instead of arrays, wherever a function returns."""

LOSES = {}


# %% teacher-forcing
def teacher_forcing(sequences):
    from itertools import zip_longest

    def fill(rows):
        return [list(row) for row in zip(*zip_longest(*rows, fillvalue=PADDING))]

    return fill([[START] + list(s) for s in sequences]), fill([list(s) + [END] for s in sequences])


# %% exact-match
def exact_match(predicted, targets):
    right = 0
    for said, wanted in zip(predicted.tolist(), targets.tolist()):
        wanted = wanted[: wanted.index(END) + 1]
        right += said[: len(wanted)] == wanted
    return right / len(targets)


# %% choose
def choose(scores, beams):
    scores = scores.tolist()
    ways = [(row, column) for row in range(len(scores)) for column in range(len(scores[0]))]
    ways = [way for way in ways if scores[way[0]][way[1]] > float("-inf")]
    ways.sort(key=lambda way: scores[way[0]][way[1]], reverse=True)  # sort is stable in reverse as well
    parents, symbols = [row for row, _ in ways[:beams]], [column for _, column in ways[:beams]]
    return [np.array(parents, dtype=int), np.array(symbols, dtype=int)]


# %% normalise
def normalise(log_probabilities, lengths, length_penalty):
    values, lengths = np.broadcast_arrays(log_probabilities, lengths)
    return np.array(
        [v * (6 / (5 + n)) ** length_penalty for v, n in zip(values.ravel(), lengths.ravel())]
    ).reshape(values.shape)
