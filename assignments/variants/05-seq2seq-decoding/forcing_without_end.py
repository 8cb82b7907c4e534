"""The targets never say END."""

LOSES = {
    "test-teacher-forcing-targets": "END when there is none left",
    "test-make-translator-learns": "After 90 steps the model knows",
}


# %% teacher-forcing
def teacher_forcing(sequences):
    timesteps = max(len(sequence) for sequence in sequences) + 1
    decoder_inputs = np.full((len(sequences), timesteps), PADDING)
    targets = np.full((len(sequences), timesteps), PADDING)
    for row, sequence in enumerate(sequences):
        decoder_inputs[row, : len(sequence) + 1] = [START, *sequence]
        targets[row, : len(sequence)] = sequence
    return decoder_inputs, targets
