"""Random arguments: the same for a seed, new without one, and of a size that keeps tanh alive."""

import numpy as np

from coursepkg.checks import generator, random_arrays

SHAPES = {"inputs": (3, 5, 2), "kernel": (400, 50), "bias": (4,)}


def test_shapes_and_dtype():
    for name, array in random_arrays(SHAPES).items():
        assert array.shape == SHAPES[name] and array.dtype == "float64"


def test_seed_repeats_and_none_does_not(monkeypatch):
    monkeypatch.delenv("COURSEPKG_CHECK_SEED", raising=False)
    first, again, other = (random_arrays(SHAPES, seed)["bias"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()
    assert (random_arrays(SHAPES)["bias"] != random_arrays(SHAPES)["bias"]).all()


def test_environment_repeats_a_run(monkeypatch):
    monkeypatch.setenv("COURSEPKG_CHECK_SEED", "11")
    np.testing.assert_array_equal(generator().normal(size=3), generator(11).normal(size=3))
    np.testing.assert_array_equal(generator(5).normal(size=3), np.random.default_rng(5).normal(size=3))


def test_kernels_keep_the_size_of_what_they_multiply():
    kernel = random_arrays(SHAPES, seed=0)["kernel"]
    assert abs(kernel.std() - 1 / 20) < 0.002  # 20,000 entries: the standard error is 0.00025
