"""Every step starts from the first state."""

LOSES = {
    "test-generate-state": "Which state does the model get",
}


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    ids, written = start, []
    for _ in range(steps):
        logits, _ = next_step(ids, state)
        ids = draw(sampler(np.asarray(logits)), random)
        written.append(ids)
    return np.stack(written, axis=1)
