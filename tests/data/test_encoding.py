import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from coursepkg.data import from_one_hot, one_hot

id_arrays = hnp.arrays(
    np.int32, hnp.array_shapes(min_dims=0, max_dims=3, max_side=5), elements=st.integers(0, 6)
)


@given(id_arrays)
def test_rows_are_those_of_the_identity_matrix_and_of_keras(ids):
    encoded = one_hot(ids, 7)
    assert encoded.dtype == np.float32
    assert encoded.shape == (*ids.shape, 7)
    np.testing.assert_array_equal(encoded, np.eye(7)[ids])
    np.testing.assert_array_equal(encoded, keras.utils.to_categorical(ids, 7).reshape(encoded.shape))


@given(id_arrays)
def test_the_inverse_gives_the_ids_back(ids):
    decoded = from_one_hot(one_hot(ids, 7))
    assert decoded.dtype == np.int32
    np.testing.assert_array_equal(decoded, ids)


@given(id_arrays, st.integers(0, 6))
def test_padding_rows_are_zero_and_come_back(ids, padding_id):
    encoded = one_hot(ids, 7, padding_id=padding_id)
    np.testing.assert_array_equal(encoded.sum(axis=-1), ids != padding_id)
    np.testing.assert_array_equal(from_one_hot(encoded, padding_id=padding_id), ids)


def test_zero_rows_are_what_the_masking_layer_of_keras_masks():
    ids = np.array([[3, 1, 0, 0], [2, 2, 2, 0]])
    mask = keras.layers.Masking().compute_mask(one_hot(ids, 4, padding_id=0))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(mask), ids != 0)


def test_an_empty_list_has_no_rows():
    assert one_hot([], 3).shape == (0, 3)
    assert from_one_hot(one_hot([], 3)).shape == (0,)


@pytest.mark.parametrize(
    ("ids", "message"),
    [([0, 4], "size - 1 = 3, got 4"), ([-1], "got -1"), ([1.0], "integers, got dtype float64")],
)
def test_ids_outside_the_size_are_refused(ids, message):
    with pytest.raises(ValueError, match=message):
        one_hot(ids, 4)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        ([[1, 0], [0, 0]], r"row at \(1,\) is all zero; pass padding_id"),
        ([[1, 1]], r"row at \(0,\) is not one 1 among zeros"),
        ([[0.25, 0.75]], "is not one 1 among zeros"),
        ([[2, 0]], "is not one 1 among zeros"),
        (3.0, r"shape \(..., size\)"),
        (np.zeros((2, 0)), r"size of 1 or more, got \(2, 0\)"),
    ],
)
def test_rows_that_are_not_one_hot_are_refused(array, message):
    with pytest.raises(ValueError, match=message):
        from_one_hot(array)


def test_padding_does_not_excuse_other_rows():
    with pytest.raises(ValueError, match=r"row at \(0, 1\) is not one 1"):
        from_one_hot([[[0, 0], [1, 1]]], padding_id=0)
