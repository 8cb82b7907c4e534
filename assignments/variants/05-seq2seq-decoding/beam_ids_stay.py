"""The ids do not follow their parents."""

LOSES = {
    "test-beam-search-example": "See the table above exercise 8",
    "test-beam-search-totals": "Row 0|row 0",
    "test-beam-search-finished": "What became of the beam that ended first",
    "test-beam-search-everything": "is not among the rows of ids",
    "test-beam-search-length": "which two are kept",
    "test-beam-search-few": "compared at every step",
}


# %% beam-search
def beam_search(next_step, state, beams, max_steps, length_penalty=0.0):
    ids, totals, lengths = np.array([[START]]), np.zeros(1), np.zeros(1, dtype=int)
    finished = np.array([False])
    for _ in range(max_steps):
        logits, state = next_step(ids[:, -1], state)
        candidates = extend(totals, log_softmax(logits), finished)
        lengths = lengths + ~finished
        parents, symbols = choose(normalise(candidates, lengths[:, None], length_penalty), beams)
        ids = np.concatenate(
            [ids[np.minimum(np.arange(len(parents)), len(ids) - 1)], symbols[:, None]], axis=1
        )
        totals, lengths, state = candidates[parents, symbols], lengths[parents], state[parents]
        finished = (symbols == END) | (symbols == PADDING)
        if finished.all():
            break
    return ids[:, 1:], totals
