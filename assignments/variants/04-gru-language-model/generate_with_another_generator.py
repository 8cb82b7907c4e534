"""A generator of its own is used, not the one that was given."""

LOSES = {
    "test-generate-sampler": "in generate and in draw",
}


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    ids, written = start, []
    random = np.random.default_rng()
    for _ in range(steps):
        logits, state = next_step(ids, state)
        ids = draw(sampler(np.asarray(logits)), random)
        written.append(ids)
    return np.stack(written, axis=1)
