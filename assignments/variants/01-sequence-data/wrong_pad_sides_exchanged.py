"""post pads in front and pre pads behind."""

LOSES = {
    "test-pad-batch-ids": r"stands behind",
    "test-pad-batch-mask": r"True means real",
    "test-pad-batch-side": r"ends where the row ends",
}


# %% pad-batch
def pad_batch(sequences, side="post"):
    timesteps = max(len(sequence) for sequence in sequences)
    ids = np.zeros((len(sequences), timesteps), dtype=int)
    mask = np.zeros((len(sequences), timesteps), dtype=bool)
    for row, sequence in enumerate(sequences):
        start = 0 if side == "pre" else timesteps - len(sequence)
        ids[row, start : start + len(sequence)] = sequence
        mask[row, start : start + len(sequence)] = True
    return ids, mask
