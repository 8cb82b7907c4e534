"""The most likely symbol of what the sampler returns is taken."""

LOSES = {
    "test-generate-sampler": "Are they drawn",
}


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    ids, written = start, []
    for _ in range(steps):
        logits, state = next_step(ids, state)
        ids = np.argmax(sampler(np.asarray(logits)), axis=1)
        written.append(ids)
    return np.stack(written, axis=1)
