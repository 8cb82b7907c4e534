"""Windows are shared out at random, as for independent examples."""

LOSES = {
    "test-split-windows-no-future": r"seen the future",
    "test-split-windows-no-past": r"crosses the wall",
    "test-split-windows-complete": r"first training input",
}


# %% split-windows
def split_windows(series, length, cut, horizon=1):
    inputs, targets = make_windows(series, length, horizon)
    order = np.random.default_rng(3).permutation(len(inputs))
    train, test = order[: cut - length], order[cut - length :]
    return inputs[train], targets[train], inputs[test], targets[test]
