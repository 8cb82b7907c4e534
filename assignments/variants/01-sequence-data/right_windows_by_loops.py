"""Loops and lists for the windows, and a list of four arrays for the split."""

LOSES = {}


# %% make-windows
def make_windows(series, length, horizon=1):
    inputs, targets = [], []
    start = 0
    while start + length + horizon <= len(series):
        inputs.append(list(series[start : start + length]))
        targets.append(list(series[start + length : start + length + horizon]))
        start += 1
    return [np.array(inputs), np.array(targets)]


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    result = []
    for part in (series[:cut], series[cut:]):
        result.extend(make_windows(part, length, horizon))
    return result
