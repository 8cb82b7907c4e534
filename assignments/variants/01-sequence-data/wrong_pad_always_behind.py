"""side is ignored: padding always stands behind."""

LOSES = {
    "test-pad-batch-side": r"ends where the row ends",
}


# %% pad-batch
def pad_batch(sequences, side="post"):
    timesteps = max(len(sequence) for sequence in sequences)
    ids = np.array([list(sequence) + [0] * (timesteps - len(sequence)) for sequence in sequences])
    lengths = np.array([len(sequence) for sequence in sequences])
    return ids, np.arange(timesteps) < lengths[:, None]
