"""A beam that has ended makes room for one that runs."""

LOSES = {
    "test-beam-search-few": "The scores of all candidates were compared",
}


# %% beam-search
def beam_search(next_step, state, beams, max_steps, length_penalty=0.0):
    ids, totals, lengths = np.array([[START]]), np.zeros(1), np.zeros(1, dtype=int)
    finished, ended = np.array([False]), []
    for _ in range(max_steps):
        logits, state = next_step(ids[:, -1], state)
        candidates = extend(totals, log_softmax(logits), finished)
        lengths = lengths + ~finished
        parents, symbols = choose(normalise(candidates, lengths[:, None], length_penalty), beams)
        ids = np.concatenate([ids[parents], symbols[:, None]], axis=1)
        totals, lengths, state = candidates[parents, symbols], lengths[parents], state[parents]
        for row in np.flatnonzero(symbols == END):
            ended.append((ids[row, 1:].tolist(), totals[row], lengths[row]))
        ids, totals, lengths, state = (one[symbols != END] for one in (ids, totals, lengths, state))
        if not len(ids):
            break
        finished = np.zeros(len(ids), dtype=bool)
    ended += [(ids[row, 1:].tolist(), totals[row], lengths[row]) for row in range(len(ids))]
    ended.sort(key=lambda one: -normalise(one[1], one[2], length_penalty))
    width = max(len(said) for said, _, _ in ended[:beams])
    said = [said + [PADDING] * (width - len(said)) for said, _, _ in ended[:beams]]
    return np.array(said), np.array([total for _, total, _ in ended[:beams]])
