"""Two ways to turn a gradient into a step. Both change the arrays of `parameters` in place."""

import numpy as np


class SGD:
    """Plain gradient descent: parameter - learning_rate * gradient.

    Args:
        learning_rate: float, the length of the step for a gradient of length 1.
    """

    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def apply(self, parameters, gradients):
        """Takes one step.

        Args:
            parameters: dict from name to array; the arrays are changed in place.
            gradients: dict with the same names and shapes.
        """
        for name, parameter in parameters.items():
            parameter -= self.learning_rate * gradients[name]


class Adam:
    """Adam (Kingma & Ba, 2015, algorithm 1): each entry's step is scaled by the size of its recent gradients.

    Args:
        learning_rate: float, roughly the length of a step in every entry.
        beta_1: float, how slowly the mean of the gradients forgets.
        beta_2: float, how slowly the mean of the squared gradients forgets.
        epsilon: float, keeps the division finite where gradients are zero.
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self.steps = 0
        self.means, self.squares = {}, {}

    def apply(self, parameters, gradients):
        """Takes one step.

        Args:
            parameters: dict from name to array; the arrays are changed in place.
            gradients: dict with the same names and shapes.
        """
        self.steps += 1
        for name, parameter in parameters.items():
            gradient = gradients[name]
            mean = self.means.setdefault(name, np.zeros_like(parameter))
            square = self.squares.setdefault(name, np.zeros_like(parameter))
            mean += (1 - self.beta_1) * (gradient - mean)
            square += (1 - self.beta_2) * (gradient**2 - square)
            unbiased_mean = mean / (
                1 - self.beta_1**self.steps
            )  # both start at zero, which the division undoes
            unbiased_square = square / (1 - self.beta_2**self.steps)
            parameter -= self.learning_rate * unbiased_mean / (np.sqrt(unbiased_square) + self.epsilon)
