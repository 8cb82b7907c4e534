"""The log probability of END is left out."""

LOSES = {
    "test-greedy-search-scores": "and not the logit",
}


# %% greedy-search
def greedy_search(next_step, state, max_steps):
    ids, said = np.full(len(state), START), []
    finished, total = np.zeros(len(state), dtype=bool), np.zeros(len(state))
    for _ in range(max_steps):
        logits, state = next_step(ids, state)
        ids = np.where(finished, PADDING, logits.argmax(axis=1))
        total += np.where(finished | (ids == END), 0.0, log_softmax(logits).max(axis=1))
        said.append(ids)
        finished |= ids == END
        if finished.all():
            break
    return np.stack(said, axis=1), total
