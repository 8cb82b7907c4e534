"""Greedy search and beam search that call themselves."""

LOSES = {}


# %% greedy-search
def greedy_search(next_step, state, max_steps, last=None, finished=None):
    if last is None:
        last, finished = np.full(len(state), START), np.zeros(len(state), bool)
    logits, state = next_step(last, state)
    said = np.where(finished, PADDING, np.argmax(logits, axis=-1))
    gained = np.take_along_axis(log_softmax(logits), said[:, None], axis=1)[:, 0]
    gained = np.where(finished, 0.0, gained)
    finished = finished | (said == END)
    if finished.all() or max_steps == 1:
        return said[:, None], gained
    rest, later = greedy_search(next_step, state, max_steps - 1, said, finished)
    return np.column_stack([said, rest]), gained + later


# %% beam-search
def beam_search(next_step, state, beams, max_steps, length_penalty=0.0):
    def go_on(said, totals, state, steps):
        finished = np.array([END in one for one in said])
        if steps == 0 or finished.all():
            width = max(map(len, said))
            return np.array([one + [PADDING] * (width - len(one)) for one in said]), totals
        last = np.array([PADDING if END in one else ([START] + one)[-1] for one in said])
        logits, state = next_step(last, state)
        candidates = extend(totals, log_softmax(logits), finished)
        lengths = np.array([[len(one) + (END not in one)] for one in said])
        parents, symbols = choose(normalise(candidates, lengths, length_penalty), beams)
        chosen = list(zip(parents, symbols))
        said = [said[row] + ([int(symbol)] if symbol != PADDING else []) for row, symbol in chosen]
        return go_on(
            said, np.array([candidates[way] for way in chosen]), state[[row for row, _ in chosen]], steps - 1
        )

    return go_on([[]], np.array([0.0]), state, max_steps)
