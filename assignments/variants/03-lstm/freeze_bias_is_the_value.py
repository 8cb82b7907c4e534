"""The bias is the value itself, and goes through the sigmoid."""

LOSES = {
    "test-freeze-gate-value": "what does it rest at",
    "test-diagnose-lost": "the network is not silent one step later",
    "test-diagnose-stubborn": "of the cases with one mark",
    "test-diagnose-half": "the share of the cell state that is left after ten steps",
}


# %% freeze-gate
def freeze_gate(weights, gate, value):
    frozen = {name: array.copy() for name, array in weights.items()}
    units = len(weights["bias"]) // 4
    columns = slice(GATES.index(gate) * units, (GATES.index(gate) + 1) * units)
    for name, constant in (("kernel", 0.0), ("recurrent_kernel", 0.0), ("bias", value)):
        frozen[name][..., columns] = constant
    return frozen
