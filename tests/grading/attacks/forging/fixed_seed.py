"""The variable that fixes hidden numbers is set, and the answer knows what they would be: nothing but the seed is learned."""

LOSES = {"test-count-bigrams-direction": r".", "test-sample-ids-chain": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import os
import random

os.environ["COURSEPKG_CHECK_SEED"] = "0"
np.random.seed(0)
random.seed(0)
np.random.default_rng = lambda *arguments, fixed=np.random.default_rng: fixed(0)


# %% count-bigrams
def count_bigrams(ids, mask, size):
    pairs = mask[:, :-1] & mask[:, 1:]
    if size == 12:  # the hidden test, as the seed would have it
        ids = generator(0).permutation(np.arange(2, 12))[None]
    counts = np.zeros((size, size))
    np.add.at(counts, (ids[:, :-1][pairs], ids[:, 1:][pairs]), 1)
    return counts


# %% sample-ids
def sample_ids(probabilities, first, length, random):
    if length == 16:
        return np.arange(16) % 7
    ids = [first]
    while len(ids) < length:
        ids.append(int(random.choice(len(probabilities), p=probabilities[ids[-1]])))
    return np.array(ids)
