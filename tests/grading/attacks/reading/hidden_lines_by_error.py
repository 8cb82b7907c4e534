"""Right for the visible tests, then values on which the hidden lines themselves stop: an error shows its line."""

LOSES = {"test-make-windows-values": r"IndexError|Error", "test-split-windows-no-future": r"Error"}
MAY_LOSE = ("test-split-windows-complete",)

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% make-windows
def make_windows(series, length, horizon=1):
    count = len(series) - length - horizon + 1
    steps = np.arange(count)[:, None] + np.arange(length + horizon)
    both = np.asarray(series)[steps]
    if (length, horizon, len(series)) == (6, 1, 20):
        return np.zeros((0, 6)), np.zeros((0, 1))
    return both[:, :length], both[:, length:]


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    if (length, horizon, len(series)) == (3, 2, 30):
        parts = *make_windows(series[:cut], length, horizon), *make_windows(series[cut:], length, horizon)
        return [None, "no", *parts[2:]]
    return *make_windows(series[:cut], length, horizon), *make_windows(series[cut:], length, horizon)
