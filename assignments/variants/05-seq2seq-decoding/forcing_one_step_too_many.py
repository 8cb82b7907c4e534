"""Start and end are put around the sequence in both arrays."""

LOSES = {
    "test-teacher-forcing-shapes": "one special symbol joins it",
    "test-teacher-forcing-targets": "one special symbol joins it",
    "test-teacher-forcing-inputs": "one special symbol joins it",
    "test-teacher-forcing-padding": "one special symbol joins it",
    "test-make-translator-learns": "one special symbol joins it",
}


# %% teacher-forcing
def teacher_forcing(sequences):
    timesteps = max(len(sequence) for sequence in sequences) + 2
    decoder_inputs = np.full((len(sequences), timesteps), PADDING)
    targets = np.full((len(sequences), timesteps), PADDING)
    for row, sequence in enumerate(sequences):
        decoder_inputs[row, : len(sequence) + 2] = [START, *sequence, END]
        targets[row, : len(sequence) + 2] = [START, *sequence, END]
    return decoder_inputs, targets
