"""The ids are kept in 8 bits."""

LOSES = {
    "test-teacher-forcing-shapes": "out of bounds",
    "test-teacher-forcing-targets": "out of bounds",
    "test-teacher-forcing-inputs": "out of bounds",
    "test-teacher-forcing-padding": "out of bounds",
}


# %% teacher-forcing
def teacher_forcing(sequences):
    timesteps = max(len(sequence) for sequence in sequences) + 1
    decoder_inputs = np.full((len(sequences), timesteps), PADDING, dtype="int8")
    targets = np.full((len(sequences), timesteps), PADDING, dtype="int8")
    for row, sequence in enumerate(sequences):
        decoder_inputs[row, : len(sequence) + 1] = [START, *sequence]
        targets[row, : len(sequence) + 1] = [*sequence, END]
    return decoder_inputs, targets
