"""The recurrent kernel is left as it was."""

LOSES = {
    "test-freeze-gate-value": "what does it rest at",
}


# %% freeze-gate
def freeze_gate(weights, gate, value):
    frozen = {name: array.copy() for name, array in weights.items()}
    units = len(weights["bias"]) // 4
    columns = slice(GATES.index(gate) * units, (GATES.index(gate) + 1) * units)
    for name, constant in (("kernel", 0.0), ("bias", np.log(value / (1 - value)))):
        frozen[name][..., columns] = constant
    return frozen
