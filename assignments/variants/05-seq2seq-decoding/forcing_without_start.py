"""The decoder reads the symbol that it should answer."""

LOSES = {
    "test-teacher-forcing-inputs": "which special symbol says so",
}


# %% teacher-forcing
def teacher_forcing(sequences):
    timesteps = max(len(sequence) for sequence in sequences) + 1
    decoder_inputs = np.full((len(sequences), timesteps), PADDING)
    targets = np.full((len(sequences), timesteps), PADDING)
    for row, sequence in enumerate(sequences):
        decoder_inputs[row, : len(sequence)] = sequence
        targets[row, : len(sequence) + 1] = [*sequence, END]
    return decoder_inputs, targets
