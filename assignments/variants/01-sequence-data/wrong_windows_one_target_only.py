"""Whatever the horizon, only the value that lies that far ahead is returned."""

LOSES = {
    "test-make-windows-shapes": r"horizon=\d",
    "test-make-windows-horizon": r"horizon=3",
    "test-split-windows-complete": r"shapes",
}


# %% make-windows
def make_windows(series, length, horizon=1):
    starts = np.arange(len(series) - length - horizon + 1)[:, None]
    series = np.asarray(series)
    return series[starts + np.arange(length)], series[starts + length + horizon - 1]
