"""The softmax of the logits is drawn from, whatever the sampler says."""

LOSES = {
    "test-generate-sampler": "Who turns logits into probabilities",
}


# %% generate
def generate(next_step, start, state, steps, sampler, random):
    ids, written = start, []
    for _ in range(steps):
        logits, state = next_step(ids, state)
        ids = draw(temperature_probabilities(np.asarray(logits) * 10.0), random)
        written.append(ids)
    return np.stack(written, axis=1)
