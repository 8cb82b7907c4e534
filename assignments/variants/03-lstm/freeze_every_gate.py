"""All columns are fixed."""

LOSES = {
    "test-freeze-gate-others": "is zero.*Only the gate that is frozen changes",
    "test-diagnose-lost": "of the cases when it is asked at once",
    "test-diagnose-confused": "of the cases when it is asked at once",
    "test-diagnose-talkative": "the complaint says always",
    "test-diagnose-stubborn": "of the cases with one mark",
    "test-diagnose-half": "the cell state in the step of the mark is",
}


# %% freeze-gate
def freeze_gate(weights, gate, value):
    frozen = {name: array.copy() for name, array in weights.items()}
    units = len(weights["bias"]) // 4
    columns = slice(GATES.index(gate) * units, (GATES.index(gate) + 1) * units)
    for name, constant in (("kernel", 0.0), ("recurrent_kernel", 0.0), ("bias", np.log(value / (1 - value)))):
        frozen[name][...] = constant
    return frozen
