"""The search starts with as many copies of the empty beam as there will be beams."""

LOSES = {
    "test-beam-search-example": "See the table above exercise 8",
    "test-beam-search-finished": "What became of the beam that ended first",
    "test-beam-search-everything": "No more, no fewer",
    "test-beam-search-length": "which two are kept",
    "test-beam-search-few": "one of them is there twice",
    "test-beam-search-stops": "the same one several times",
}


# %% beam-search
def beam_search(next_step, state, beams, max_steps, length_penalty=0.0):
    ids, totals, lengths = np.full((beams, 1), START), np.zeros(beams), np.zeros(beams, dtype=int)
    finished, state = np.zeros(beams, dtype=bool), np.repeat(state, beams, axis=0)
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
