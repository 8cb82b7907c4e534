from itertools import pairwise, permutations

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursepkg.data import bucket_batches, lengths_from_mask, mask_from_lengths, padding_share

lengths_lists = st.lists(st.integers(1, 15), min_size=1, max_size=40)


def sequences_of(lengths, features=None):
    """Sequences in which every number is different and none is 0."""
    numbers = iter(range(1, 100_000))
    shape = () if features is None else (features,)
    return [
        np.array([next(numbers) for _ in range(length * (features or 1))]).reshape(length, *shape)
        for length in lengths
    ]


@given(lengths_lists, st.integers(1, 9), st.integers(0, 5), st.sampled_from([None, 1, 3]))
def test_every_sequence_appears_exactly_once_and_unharmed(lengths, batch_size, seed, features):
    sequences = sequences_of(lengths, features)
    appeared = []
    for indices, padded, mask in bucket_batches(sequences, batch_size, seed=seed, padding_value=-7):
        appeared.extend(indices.tolist())
        assert padded.shape[:2] == mask.shape
        assert padded.shape[1] == max(lengths[index] for index in indices)  # no wider than it must be
        np.testing.assert_array_equal(lengths_from_mask(mask), [lengths[index] for index in indices])
        for row, row_mask, index in zip(padded, mask, indices, strict=True):
            np.testing.assert_array_equal(row[row_mask], sequences[index])
            assert (row[~row_mask] == -7).all()
    assert sorted(appeared) == list(range(len(sequences)))


@given(lengths_lists, st.integers(1, 9), st.integers(0, 5))
def test_all_batches_are_full_but_one(lengths, batch_size, seed):
    sizes = [len(batch.indices) for batch in bucket_batches(sequences_of(lengths), batch_size, seed=seed)]
    full, rest = divmod(len(lengths), batch_size)
    assert sorted(sizes) == sorted([batch_size] * full + [rest] * bool(rest))


@given(lengths_lists, st.integers(1, 9), st.integers(0, 5))
def test_padding_is_never_more_than_in_the_order_given(lengths, batch_size, seed):
    bucketed = padding_share(batch.mask for batch in bucket_batches(sequences_of(lengths), batch_size, seed))
    chunks = [lengths[start : start + batch_size] for start in range(0, len(lengths), batch_size)]
    assert bucketed <= padding_share(mask_from_lengths(chunk) for chunk in chunks) + 1e-12


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 4))
def test_padding_is_the_least_that_any_grouping_reaches(lengths, batch_size):
    bucketed = padding_share(batch.mask for batch in bucket_batches(sequences_of(lengths), batch_size))
    rest = len(lengths) % batch_size
    starts_with_rest = [list(range(place, len(lengths), batch_size)) for place in {0, rest}]
    least = 1.0
    for order in permutations(lengths):
        for cuts in starts_with_rest:  # the smaller batch last, and first: permutations do the rest
            edges = sorted({0, *cuts, len(lengths)})
            chunks = [order[start:stop] for start, stop in pairwise(edges)]
            least = min(least, padding_share(mask_from_lengths(chunk) for chunk in chunks))
    assert bucketed == pytest.approx(least)


def test_the_smaller_batch_is_cut_where_it_saves_most():
    # Sorted and cut from the front, [1, 5] [5] would pad 4 steps; [1] [5, 5] pads none.
    assert padding_share(batch.mask for batch in bucket_batches(sequences_of([5, 1, 5]), 2)) == 0.0


def indices_by_seed(seed):
    lengths = np.random.default_rng(1).integers(1, 6, size=40)  # many ties
    return [batch.indices.tolist() for batch in bucket_batches(sequences_of(lengths), 4, seed=seed)]


def test_a_seed_decides_the_order():
    assert indices_by_seed(3) == indices_by_seed(3)
    assert indices_by_seed(3) != indices_by_seed(4)


def test_another_seed_mixes_sequences_of_equal_length_anew():
    together = [{frozenset(batch) for batch in indices_by_seed(seed)} for seed in (3, 4)]
    assert together[0] != together[1]


def test_padded_rows_are_those_of_pad_sequences():
    sequences = sequences_of([4, 2, 7, 1])
    for indices, padded, _ in bucket_batches(sequences, 2, padding_value=9):
        theirs = keras.utils.pad_sequences([sequences[index] for index in indices], padding="post", value=9)
        np.testing.assert_array_equal(padded, theirs)


@pytest.mark.parametrize("dtype", [np.int32, np.float32, np.float64])
def test_the_type_of_the_sequences_is_kept(dtype):
    sequences = [np.ones(3, dtype=dtype), np.ones(2, dtype=dtype)]
    (batch,) = bucket_batches(sequences, 2)
    assert batch.padded.dtype == dtype


def test_many_batches_are_cut_without_comparing_them_all():
    lengths = np.random.default_rng(0).integers(1, 50, size=20_001)
    sequences = [np.zeros(length, dtype=np.int8) for length in lengths]
    assert sum(len(batch.indices) for batch in bucket_batches(sequences, 2)) == 20_001


@pytest.mark.parametrize(
    ("sequences", "batch_size", "message"),
    [
        ([[1, 2]], 0, "batch_size must be 1 or more, got 0"),
        ([], 2, "at least one sequence"),
        ([[1, 2], []], 2, "sequence 1 is empty"),
        ([3], 2, r"sequence 0 must have shape .* got \(\)"),
        ([np.zeros((2, 3)), np.zeros((2, 4))], 2, r"sequence 1 has shape \(2, 4\)"),
        ([np.zeros((2, 3)), np.zeros(2)], 2, r"sequence 1 has shape \(2,\)"),
    ],
)
def test_sequences_that_make_no_batch_are_refused_at_the_call(sequences, batch_size, message):
    with pytest.raises(ValueError, match=message):
        bucket_batches(sequences, batch_size)


@given(st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=4), min_size=1, max_size=4))
def test_padding_share_counts_false(groups):
    masks = [mask_from_lengths(lengths, 6) for lengths in groups]
    steps = [step for mask in masks for row in mask for step in row]
    assert padding_share(masks) == pytest.approx(steps.count(False) / len(steps))


def test_padding_share_takes_one_mask():
    assert padding_share(mask_from_lengths([1, 4])) == pytest.approx(3 / 8)
    with pytest.raises(ValueError, match="at least one step"):
        padding_share([])
