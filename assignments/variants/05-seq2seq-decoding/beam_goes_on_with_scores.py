"""Normalised scores take the place of the log probabilities."""

LOSES = {
    "test-beam-search-everything": "best score first",
    "test-beam-search-few": "compared at every step",
}


# %% beam-search
def beam_search(next_step, state, beams, max_steps, length_penalty=0.0):
    ids, totals, lengths = np.array([[START]]), np.zeros(1), np.zeros(1, dtype=int)
    finished = np.array([False])
    for _ in range(max_steps):
        logits, state = next_step(ids[:, -1], state)
        lengths = lengths + ~finished
        candidates = extend(totals, log_softmax(logits), finished)
        candidates = normalise(candidates, lengths[:, None], length_penalty)
        parents, symbols = choose(candidates, beams)
        ids = np.concatenate([ids[parents], symbols[:, None]], axis=1)
        totals, lengths, state = candidates[parents, symbols], lengths[parents], state[parents]
        finished = (symbols == END) | (symbols == PADDING)
        if finished.all():
            break
    return ids[:, 1:], totals
