"""A row goes on when it has said END."""

LOSES = {
    "test-greedy-search-end": "What does a row say when it has said END",
}


# %% greedy-search
def greedy_search(next_step, state, max_steps):
    ids, said = np.full(len(state), START), []
    finished, total = np.zeros(len(state), dtype=bool), np.zeros(len(state))
    for _ in range(max_steps):
        logits, state = next_step(ids, state)
        ids = logits.argmax(axis=1)
        total += np.where(finished, 0.0, log_softmax(logits).max(axis=1))
        said.append(ids)
        finished |= ids == END
        if finished.all():
            break
    return np.stack(said, axis=1), total
