"""The mask is taken from the ids, so a value of 0 counts as padding."""

LOSES = {
    "test-pad-batch-zeros": r"not padding",
}


# %% pad-batch
def pad_batch(sequences, side="post"):
    timesteps = max(len(sequence) for sequence in sequences)
    ids = np.zeros((len(sequences), timesteps), dtype=int)
    for row, sequence in enumerate(sequences):
        start = 0 if side == "post" else timesteps - len(sequence)
        ids[row, start : start + len(sequence)] = sequence
    return ids, ids != 0
