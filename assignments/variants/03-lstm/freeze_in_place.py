"""The caller's weights are changed."""

LOSES = {
    "test-freeze-gate-others": "changes its argument 'weights' in place",
}


# %% freeze-gate
def freeze_gate(weights, gate, value):
    frozen = weights
    units = len(weights["bias"]) // 4
    columns = slice(GATES.index(gate) * units, (GATES.index(gate) + 1) * units)
    for name, constant in (("kernel", 0.0), ("recurrent_kernel", 0.0), ("bias", np.log(value / (1 - value)))):
        frozen[name][..., columns] = constant
    return frozen
