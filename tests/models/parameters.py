"""How many weights a layer has, and weights that are not small."""

import numpy as np


def lstm(features, units):
    return 4 * units * (features + units + 1)


def gru(features, units):
    return 3 * units * (features + units + 2)  # two biases, as reset_after has it


def dense(features, units):
    return units * (features + 1)


def randomise(model, seed=1):
    """Gives a model random weights, biases too, so that whatever is forgotten shows."""
    generator = np.random.default_rng(seed)
    model.set_weights([0.6 * generator.normal(size=weight.shape) for weight in model.get_weights()])
    return model
