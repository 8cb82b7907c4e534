"""itertools.zip_longest pads columns, and everything is plain Python lists until the end."""

LOSES = {}

# %% pad-batch
from itertools import zip_longest


def pad_batch(sequences, side="post"):
    turned = [list(sequence) if side == "post" else list(sequence)[::-1] for sequence in sequences]
    rows = np.array(list(zip_longest(*turned, fillvalue=None)), dtype=object).T
    if side == "pre":
        rows = rows[:, ::-1]
    mask = rows != None  # noqa: E711
    return np.where(mask, rows, 0).astype(float).astype(int), mask.astype(bool)


# %% masked-mean
def masked_mean(values, mask):
    masked = np.ma.masked_array(np.where(mask, values, 0.0), mask=~mask)
    return masked.mean(axis=1).filled(0.0)
