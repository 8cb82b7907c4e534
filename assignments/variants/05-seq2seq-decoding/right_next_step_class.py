"""next_step is an object that can be called."""

LOSES = {}


# %% make-next-step
class NextStep:
    def __init__(self, decode):
        self.decode = decode

    def __call__(self, ids, state):
        logits, state = self.decode(np.reshape(ids, (-1, 1)), state)
        special = np.arange(np.shape(logits)[-1]) < END
        return np.where(special, -np.inf, np.squeeze(logits, axis=1)), np.asarray(state)


def make_next_step(decode):
    return NextStep(decode)


# %% greedy-search
def greedy_search(next_step, state, max_steps):
    ids = np.zeros((len(state), max_steps), dtype="int64")
    total, running, last, step = np.zeros(len(state)), np.ones(len(state), bool), np.ones(len(state), int), 0
    while step < max_steps and running.any():
        logits, state = next_step(last, state)
        log_probabilities = log_softmax(logits)
        ids[running, step] = log_probabilities[running].argmax(axis=1)
        total[running] += log_probabilities[running, ids[running, step]]
        last = ids[:, step]
        running = running & (last != END)
        step += 1
    return ids[:, :step], total
