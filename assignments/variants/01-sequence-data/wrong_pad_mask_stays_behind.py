"""The ids are padded in front, and the mask still says that padding stands behind."""

LOSES = {
    "test-pad-batch-side": r"It belongs to these ids",
}


# %% pad-batch
def pad_batch(sequences, side="post"):
    timesteps = max(len(sequence) for sequence in sequences)
    ids = np.zeros((len(sequences), timesteps), dtype=int)
    for row, sequence in enumerate(sequences):
        start = 0 if side == "post" else timesteps - len(sequence)
        ids[row, start : start + len(sequence)] = sequence
    mask = np.arange(timesteps) < np.array([len(sequence) for sequence in sequences])[:, None]
    return ids, mask
