"""END can never be said."""

LOSES = {
    "test-make-next-step-special": "Symbols from END on can be said",
}


# %% make-next-step
def make_next_step(decode):

    def next_step(ids, state):
        logits, state = decode(ids[:, None], state)
        logits = np.array(logits)[:, 0]  # a copy (batch, vocabulary)
        logits[:, [PADDING, START, END]] = -np.inf
        return logits, np.asarray(state)

    return next_step
