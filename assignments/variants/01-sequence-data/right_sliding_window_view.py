"""sliding_window_view gives read-only views into the series."""

LOSES = {}


# %% make-windows
def make_windows(series, length, horizon=1):
    both = np.lib.stride_tricks.sliding_window_view(np.asarray(series), length + horizon)
    return both[:, :length], both[:, length:]


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    inputs, targets = make_windows(series, length, horizon)
    starts = np.arange(len(inputs))
    past, future = starts + length + horizon <= cut, starts >= cut
    return inputs[past], targets[past], inputs[future], targets[future]
