"""One value between the inputs and the targets is left out."""

LOSES = {
    "test-make-windows-shapes": r"size 2 instead of 3",
    "test-make-windows-values": r"has seen 10 and 11",
    "test-make-windows-horizon": r"horizon=3",
    "test-split-windows-complete": r"shapes",
}


# %% make-windows
def make_windows(series, length, horizon=1):
    starts = np.arange(len(series) - length - horizon)[:, None]
    series = np.asarray(series)
    return series[starts + np.arange(length)], series[starts + length + 1 + np.arange(horizon)]
