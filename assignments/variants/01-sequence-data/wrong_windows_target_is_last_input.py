"""The target is the last value of the input, so the answer stands in the question."""

LOSES = {
    "test-make-windows-values": r"has seen 10 and 11",
    "test-make-windows-horizon": r"horizon=3",
    "test-split-windows-complete": r"last",
}


# %% make-windows
def make_windows(series, length, horizon=1):
    starts = np.arange(len(series) - length - horizon + 1)[:, None]
    series = np.asarray(series)
    return series[starts + np.arange(length)], series[starts + length - 1 + np.arange(horizon)]
