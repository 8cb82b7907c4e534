"""The mask is True where a step is padded."""

LOSES = {
    "test-pad-batch-mask": r"exchanged",
    "test-pad-batch-side": r"exchanged",
    "test-pad-batch-zeros": r"marks 0 of 6",
}


# %% pad-batch
def pad_batch(sequences, side="post"):
    timesteps = max(len(sequence) for sequence in sequences)
    ids = np.zeros((len(sequences), timesteps), dtype=int)
    mask = np.ones((len(sequences), timesteps), dtype=bool)
    for row, sequence in enumerate(sequences):
        start = 0 if side == "post" else timesteps - len(sequence)
        ids[row, start : start + len(sequence)] = sequence
        mask[row, start : start + len(sequence)] = False
    return ids, mask
