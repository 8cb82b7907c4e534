"""Random arguments for checks: new ones on every run, unless a seed asks for the same again."""

import os

import numpy as np


def generator(seed=None):
    """Returns a random generator.

    Visible test cells give a seed, so that a student who looks for a fault meets the same numbers again.
    Hidden ones give none: their numbers are new in every run, and nothing precomputed passes. The variable
    `COURSEPKG_CHECK_SEED` of the environment stands in for a seed that is not given, to repeat a run.

    Args:
        seed: int or `None`.

    Returns:
        `numpy.random.Generator`.
    """
    if seed is None and "COURSEPKG_CHECK_SEED" in os.environ:
        seed = int(os.environ["COURSEPKG_CHECK_SEED"])
    return np.random.default_rng(seed)


def random_arrays(shapes, seed=None, scale=1.0):
    """Draws one float64 array for every name.

    Entries are normal with standard deviation `scale`. Matrices named `...kernel` are divided by the square
    root of their rows, so that products keep their size and `tanh` does not saturate.

    Args:
        shapes: dict from name to tuple of int.
        seed: int, `None` for new numbers, or a `numpy.random.Generator`.
        scale: float.

    Returns:
        dict from name to array.
    """
    random = seed if isinstance(seed, np.random.Generator) else generator(seed)
    arrays = {}
    for name, shape in shapes.items():
        rows = shape[0] if len(shape) == 2 and "kernel" in name else 1
        arrays[name] = random.normal(scale=scale / np.sqrt(rows), size=shape)
    return arrays
