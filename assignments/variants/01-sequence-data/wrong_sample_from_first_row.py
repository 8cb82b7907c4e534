"""Every symbol is drawn from the row of the first one."""

LOSES = {
    "test-sample-ids-chain": r"belongs to the id before",
}


# %% sample-ids
def sample_ids(probabilities, first, length, random):
    drawn = random.choice(len(probabilities), size=length - 1, p=probabilities[first])
    return np.concatenate([[first], drawn])
