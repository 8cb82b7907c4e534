"""Every step reads the first symbols."""

LOSES = {
    "test-generate-chain": "What does the model read at each step",
}


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    ids, written = start, []
    for _ in range(steps):
        logits, state = next_step(start, state)
        ids = draw(sampler(np.asarray(logits)), random)
        written.append(ids)
    return np.stack(written, axis=1)
