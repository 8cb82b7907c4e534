"""The first test windows begin before the cut."""

LOSES = {
    "test-split-windows-no-past": r"crosses the wall",
    "test-split-windows-complete": r"first test input",
}


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    train = make_windows(series[:cut], length, horizon)
    return *train, *make_windows(series[cut - length :], length, horizon)
