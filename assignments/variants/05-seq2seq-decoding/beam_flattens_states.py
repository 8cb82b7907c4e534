"""The state of a beam becomes one row of numbers."""

LOSES = {
    "test-beam-search-totals": "was given one of shape",
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
        ids = np.concatenate([ids[parents], symbols[:, None]], axis=1)
        totals, lengths, state = (
            candidates[parents, symbols],
            lengths[parents],
            state.reshape(len(state), -1)[parents],
        )
        finished = (symbols == END) | (symbols == PADDING)
        if finished.all():
            break
    return ids[:, 1:], totals
