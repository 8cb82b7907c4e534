"""Windows are cut first and shared out afterwards, so they cross the wall."""

LOSES = {
    "test-split-windows-no-future": r"seen the future",
    "test-split-windows-complete": r"last training target",
}


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    inputs, targets = make_windows(series, length, horizon)
    return inputs[:cut], targets[:cut], inputs[cut:], targets[cut:]
