import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursepkg.data import lengths_from_mask, mask_from_lengths

lengths_lists = st.lists(st.integers(0, 12), max_size=8)


@given(lengths_lists, st.integers(0, 5))
def test_a_step_is_real_exactly_when_it_lies_before_the_length(lengths, extra):
    timesteps = max(lengths, default=0) + extra
    mask = mask_from_lengths(lengths, timesteps)
    assert mask.dtype == bool
    assert mask.shape == (len(lengths), timesteps)
    for row, length in zip(mask, lengths, strict=True):
        assert list(row) == [step < length for step in range(timesteps)]


@given(lengths_lists)
def test_lengths_come_back(lengths):
    np.testing.assert_array_equal(lengths_from_mask(mask_from_lengths(lengths)), lengths)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_agrees_with_post_padding_and_the_mask_of_an_embedding(lengths):
    sequences = [np.full(length, 5) for length in lengths]
    padded = keras.utils.pad_sequences(sequences, padding="post")
    embedding = keras.layers.Embedding(6, 2, mask_zero=True)
    theirs = keras.ops.convert_to_numpy(embedding.compute_mask(padded))
    np.testing.assert_array_equal(mask_from_lengths(lengths), theirs)


def test_the_width_is_the_longest_length_unless_given():
    assert mask_from_lengths([2, 5, 0]).shape == (3, 5)
    assert mask_from_lengths([2, 5, 0], 7).shape == (3, 7)
    assert mask_from_lengths([]).shape == (0, 0)


@pytest.mark.parametrize(
    ("lengths", "timesteps", "message"),
    [
        ([3, 9], 8, "a sequence of 9 steps does not fit in timesteps=8"),
        ([2, -1], None, "cannot be negative, got -1"),
        ([[1, 2]], None, r"got shape \(1, 2\)"),
        ([1.5], None, "of float64"),
    ],
)
def test_wrong_lengths_are_refused(lengths, timesteps, message):
    with pytest.raises(ValueError, match=message):
        mask_from_lengths(lengths, timesteps)


def test_front_padding_is_refused_by_row():
    front = keras.utils.pad_sequences([[5, 5, 5], [5]], padding="pre") != 0
    with pytest.raises(ValueError, match=r"row 1 .* padded at the front"):
        lengths_from_mask(front)


@pytest.mark.parametrize("mask", [np.ones((2, 3)), np.ones(3, dtype=bool)])
def test_only_boolean_matrices_are_masks(mask):
    with pytest.raises(ValueError, match=r"boolean of shape \(batch, timesteps\)"):
        lengths_from_mask(mask)
