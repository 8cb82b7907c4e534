"""All rows are drawn from the first."""

LOSES = {
    "test-draw-sure": "gets one symbol",
    "test-generate-chain": "What does the model read at each step",
    "test-generate-state": "Which state does the model get",
    "test-generate-sampler": "Who turns logits into probabilities",
}


# %% draw
def draw(probabilities, random):
    return random.choice(probabilities.shape[1], size=len(probabilities), p=probabilities[0])
