"""The decoder inputs are the targets, moved by one column and cleared of END."""

LOSES = {}


# %% teacher-forcing
def teacher_forcing(sequences):
    longest = max(map(len, sequences))
    targets = np.array(
        [sequence + [2] + [0] * (longest - len(sequence)) for sequence in sequences], dtype="int32"
    )
    inputs = np.roll(targets, 1, axis=1)
    inputs[:, 0] = 1
    inputs[inputs == 2] = 0
    return inputs, targets
