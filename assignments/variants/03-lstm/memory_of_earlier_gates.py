"""The gates of earlier steps are multiplied."""

LOSES = {
    "test-memory-left-constant": "How many steps come after the last one",
    "test-memory-left-later": "Only the gates of later steps act on what a step has written",
}


# %% memory-left
def memory_left(forget_gates):
    return np.cumprod(forget_gates, axis=1) / forget_gates
