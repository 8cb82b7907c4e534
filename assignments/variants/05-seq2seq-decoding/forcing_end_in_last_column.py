"""END stands in the last column, behind the padding."""

LOSES = {
    "test-teacher-forcing-targets": "END when there is none left",
    "test-teacher-forcing-padding": "one special symbol fill the places before",
}


# %% teacher-forcing
def teacher_forcing(sequences):
    timesteps = max(len(sequence) for sequence in sequences) + 1
    decoder_inputs = np.full((len(sequences), timesteps), PADDING)
    targets = np.full((len(sequences), timesteps), PADDING)
    for row, sequence in enumerate(sequences):
        decoder_inputs[row, : len(sequence) + 1] = [START, *sequence]
        targets[row, : len(sequence)] = sequence
        targets[row, -1] = END
    return decoder_inputs, targets
