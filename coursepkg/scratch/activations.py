"""Functions that act on each number by itself."""

import numpy as np


def sigmoid(values):
    """The logistic function 1 / (1 + exp(-z)), between 0 and 1, for a z of any size.

    It is a tanh that was moved and shrunk, and tanh does not overflow.

    Args:
        values: array of any shape.

    Returns:
        Array of the same shape.
    """
    return 0.5 * (1.0 + np.tanh(0.5 * values))
