"""END is in the decoder inputs, wherever there is room."""

LOSES = {
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
