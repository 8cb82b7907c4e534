"""Right: other formulas for the same things: cosh, cumulated products, a search, Keras's own bias."""

LOSES = {}


# %% initial-bias
def initial_bias(units):
    return np.repeat([0.0, 1.0, 0.0, 0.0], units)


# %% bias-for-half-life
def bias_for_half_life(steps):
    low, high = -1.0, 30.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if sigmoid(np.array(middle)) ** steps > 0.5 else (middle, high)
    return float(low)


# %% gradient-at-cell-state
def gradient_at_cell_state(hidden_gradient, cell_gradient, cell_state, output_gate):
    return hidden_gradient * output_gate / np.cosh(cell_state) ** 2 + cell_gradient


# %% memory-left
def memory_left(forget_gates):
    backwards = np.cumprod(forget_gates[:, ::-1], axis=1)[:, ::-1]
    return np.concatenate([backwards[:, 1:], np.ones_like(backwards[:, :1])], axis=1)


# %% freeze-gate
def freeze_gate(weights, gate, value):
    names = ["input", "forget", "candidate", "output"]
    frozen = {}
    for name, array in weights.items():
        blocks = np.split(array, 4, axis=-1)
        rest = np.log(value) - np.log1p(-value) if name == "bias" else 0.0
        blocks[names.index(gate)] = np.full(blocks[0].shape, rest)
        frozen[name] = np.concatenate(blocks, axis=-1)
    return frozen


# %% diagnose
def diagnose():
    return {
        "half": ["forget", np.exp(-np.log(2) / 10)],
        "stubborn": ["forget", 1 - 1e-9],
        "talkative": ["output", 0.9],
        "confused": ["input", 0.95],
        "lost": ["forget", 1e-6],
    }
