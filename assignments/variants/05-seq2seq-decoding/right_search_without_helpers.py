"""Beam search with tuples in lists, which calls none of the exercises before."""

LOSES = {}


# %% beam-search
def beam_search(next_step, state, beams, max_steps, length_penalty=0.0):
    kept = [((), 0.0, state[0])]
    for _ in range(max_steps):
        running = [beam for beam in kept if END not in beam[0]]
        if not running:
            break
        last = np.array([said[-1] if said else START for said, _, _ in running])
        logits, states = next_step(last, np.stack([one for _, _, one in running]))
        logs = (
            logits
            - np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1, keepdims=True))
            - logits.max(1, keepdims=True)
        )
        ways = [beam for beam in kept if END in beam[0]]
        for (said, total, _), row, after in zip(running, logs, states):
            ways += [
                (said + (symbol,), total + row[symbol], after)
                for symbol in range(END, len(row))
                if row[symbol] > -np.inf
            ]
        ways.sort(key=lambda beam: beam[1] / ((5 + len(beam[0])) / 6) ** length_penalty, reverse=True)
        kept = ways[:beams]
    width = max(len(said) for said, _, _ in kept)
    return [list(said) + [0] * (width - len(said)) for said, _, _ in kept], [total for _, total, _ in kept]
