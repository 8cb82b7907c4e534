"""Every step draws with the same random numbers."""

LOSES = {
    "test-generate-sampler": "at every step anew",
}


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    ids, written = start, []
    seed = random.integers(1000)
    for _ in range(steps):
        logits, state = next_step(ids, state)
        ids = draw(sampler(np.asarray(logits)), np.random.default_rng(seed))
        written.append(ids)
    return np.stack(written, axis=1)
