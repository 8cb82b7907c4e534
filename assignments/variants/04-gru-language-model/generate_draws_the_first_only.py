"""The first symbol is drawn, and after it the most likely one is taken."""

LOSES = {
    "test-generate-sampler": "Are they drawn, at every step anew",
}


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    ids, written = start, []
    for step in range(steps):
        logits, state = next_step(ids, state)
        chances = np.asarray(sampler(np.asarray(logits)))
        ids = chances.argmax(axis=1) if step else draw(chances, random)
        written.append(ids)
    return np.stack(written, axis=1)
