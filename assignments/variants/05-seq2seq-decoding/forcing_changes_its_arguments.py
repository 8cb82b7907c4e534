"""START and END are put into the caller's lists."""

LOSES = {
    "test-teacher-forcing-shapes": r"changes its argument '\w+' in place",
}


# %% teacher-forcing
def teacher_forcing(sequences):
    timesteps = max(len(sequence) for sequence in sequences) + 1
    decoder_inputs = np.full((len(sequences), timesteps), PADDING)
    targets = np.full((len(sequences), timesteps), PADDING)
    for row, sequence in enumerate(sequences):
        sequence.append(END)
        ended, sequence = sequence, sequence[:-1]
        decoder_inputs[row, : len(sequence) + 1] = [START, *sequence]
        targets[row, : len(sequence) + 1] = ended
    return decoder_inputs, targets
