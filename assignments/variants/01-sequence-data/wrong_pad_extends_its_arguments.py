"""The padding is appended to the lists that the caller passed."""

LOSES = {
    "test-pad-batch-ids": r"changes its argument 'sequences' in place",
}


# %% pad-batch
def pad_batch(sequences, side="post"):
    lengths = np.array([len(sequence) for sequence in sequences])
    timesteps = lengths.max()
    for index, sequence in enumerate(sequences):
        if not isinstance(sequence, list):
            sequence = list(sequence)
        while len(sequence) < timesteps:
            sequence.insert(len(sequence) if side == "post" else 0, 0)
        sequences[index] = sequence
    real = np.arange(timesteps) < lengths[:, None]
    return np.array(sequences), real if side == "post" else real[:, ::-1]
