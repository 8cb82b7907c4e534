"""A generator with a seed of its own is used, not the one that was given."""

LOSES = {
    "test-generate-sampler": "seeds 1 and 2",
}


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    ids, written = start, []
    random = np.random.default_rng(0)
    for _ in range(steps):
        logits, state = next_step(ids, state)
        ids = draw(sampler(np.asarray(logits)), random)
        written.append(ids)
    return np.stack(written, axis=1)
