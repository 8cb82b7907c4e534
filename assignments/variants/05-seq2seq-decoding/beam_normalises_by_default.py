"""Without a length_penalty it is 1."""

LOSES = {
    "test-beam-search-everything": "length_penalty=0",
    "test-beam-search-few": "length_penalty=0.0",
}


# %% beam-search
def beam_search(next_step, state, beams, max_steps, length_penalty=1.0):
    ids, totals, lengths = np.array([[START]]), np.zeros(1), np.zeros(1, dtype=int)
    finished = np.array([False])
    for _ in range(max_steps):
        logits, state = next_step(ids[:, -1], state)
        candidates = extend(totals, log_softmax(logits), finished)
        lengths = lengths + ~finished
        parents, symbols = choose(normalise(candidates, lengths[:, None], length_penalty), beams)
        ids = np.concatenate([ids[parents], symbols[:, None]], axis=1)
        totals, lengths, state = candidates[parents, symbols], lengths[parents], state[parents]
        finished = (symbols == END) | (symbols == PADDING)
        if finished.all():
            break
    return ids[:, 1:], totals
