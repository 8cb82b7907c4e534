"""A step's own forget gate acts on what it wrote."""

LOSES = {
    "test-memory-left-constant": "is off by a factor of 0.5.*How many steps come after the last one",
    "test-memory-left-later": "Only the gates of later steps act on what a step has written",
}


# %% memory-left
def memory_left(forget_gates):
    left = forget_gates.copy()
    for step in reversed(range(forget_gates.shape[1] - 1)):
        left[:, step] = left[:, step + 1] * forget_gates[:, step]
    return left
