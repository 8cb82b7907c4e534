"""One window too few: range stops one short."""

LOSES = {
    "test-make-windows-shapes": r"size 2 instead of 3.*on paper",
    "test-split-windows-complete": r"last training target",
}


# %% make-windows
def make_windows(series, length, horizon=1):
    starts = range(len(series) - length - horizon)
    inputs = [series[start : start + length] for start in starts]
    targets = [series[start + length : start + length + horizon] for start in starts]
    return np.array(inputs).reshape(-1, length), np.array(targets).reshape(-1, horizon)
