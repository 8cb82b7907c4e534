"""The mask from a comparison with the lengths, and ids put in through the mask."""

LOSES = {}


# %% pad-batch
def pad_batch(sequences, side="post"):
    lengths = np.fromiter(map(len, sequences), dtype=int)
    steps = np.arange(lengths.max())
    mask = steps < lengths[:, None] if side == "post" else steps >= lengths.max() - lengths[:, None]
    ids = np.zeros(mask.shape, dtype=np.int64)
    ids[mask] = np.concatenate([np.asarray(sequence, dtype=np.int64) for sequence in sequences])
    return ids, mask


# %% masked-mean
def masked_mean(values, mask):
    result = np.zeros(len(values))
    for row in range(len(values)):
        real = values[row][mask[row]]
        if real.size:
            result[row] = real.mean()
    return result
