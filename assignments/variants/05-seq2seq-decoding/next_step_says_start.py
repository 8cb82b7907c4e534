"""START and PADDING may be said."""

LOSES = {
    "test-make-next-step-special": "which logit means",
}


# %% make-next-step
def make_next_step(decode):

    def next_step(ids, state):
        logits, state = decode(ids[:, None], state)
        logits = np.array(logits)[:, 0]  # a copy (batch, vocabulary)
        return logits, np.asarray(state)

    return next_step
