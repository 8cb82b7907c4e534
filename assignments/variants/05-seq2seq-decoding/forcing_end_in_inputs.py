"""END is in the decoder inputs, wherever there is room."""

LOSES = {
    "test-teacher-forcing-inputs": "END is in it. After END",
    "test-teacher-forcing-padding": "one special symbol fill the places before",
}


# %% teacher-forcing
def teacher_forcing(sequences):
    timesteps = max(len(sequence) for sequence in sequences) + 1
    decoder_inputs = np.full((len(sequences), timesteps), PADDING)
    targets = np.full((len(sequences), timesteps), PADDING)
    for row, sequence in enumerate(sequences):
        decoder_inputs[row, : len(sequence) + 2] = [START, *sequence, END][:timesteps]
        targets[row, : len(sequence) + 1] = [*sequence, END]
    return decoder_inputs, targets
