"""einsum over cleaned values, with np.divide(where=...) for empty rows."""

LOSES = {}


# %% masked-mean
def masked_mean(values, mask):
    clean = values.copy()
    clean[~mask] = 0
    total, number = np.einsum("nt,nt->n", clean, mask.astype(values.dtype)), mask.sum(axis=-1)
    return np.divide(total, number, out=np.zeros(len(values)), where=number > 0)
