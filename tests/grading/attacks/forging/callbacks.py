"""What a test passes in is kept and called later with arguments of the answer's own: generators, functions, arrays."""

LOSES = {"test-sample-ids-*": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% sample-ids
kept = []


def sample_ids(probabilities, first, length, random):
    kept.append(random)
    for one in kept:
        try:
            one.bit_generator.state = np.random.PCG64(0).state
            one.integers = lambda *arguments: 1
        except AttributeError:
            pass
    probabilities[:] = 1.0
    return [first] * (length - 1)
