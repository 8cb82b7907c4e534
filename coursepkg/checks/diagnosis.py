"""What a wrong array has in common with the right one: the sentence that a failing message starts from."""

from itertools import permutations

import numpy as np

from coursepkg.checks.failure import axis_label, entry, show


def agree(got, expected, relative, absolute):
    """Returns, entry by entry, whether two arrays of one shape agree.

    Args:
        got: float64 array.
        expected: float64 array of the same shape.
        relative: float, tolerance relative to the expected entry.
        absolute: float, tolerance added to it.

    Returns:
        Boolean array of that shape.
    """
    return np.abs(got - expected) <= absolute + relative * np.abs(expected)


def explain(got, expected, relative=1e-6, absolute=1e-8, axes=None, sizes=None, place=True):
    """Says how a wrong array differs from the right one of the same shape.

    Args:
        got: float64 array, finite, that does not agree with `expected`.
        expected: float64 array of the same shape.
        relative: float, relative tolerance.
        absolute: float, absolute tolerance.
        axes: tuple of str or `None`, names of the axes.
        sizes: dict from str to int or `None`; sizes (such as `{"batch": 3}`) to look for in a constant ratio.
        place: bool, whether to name the entry that differs most where nothing better is known.

    Returns:
        str, a predicate that continues "The result ...".
    """

    def same(first, second):
        return first.shape == second.shape and bool(agree(first, second, relative, absolute).all())

    if expected.size > 1 and not got.any():
        return "is zero everywhere."
    if expected.size == 1 and expected.any() and same(got, -expected):
        return "has the wrong sign."
    if np.ptp(expected) > absolute:  # a constant array says nothing about order or scale
        if same(got, -expected):
            return "has the wrong sign everywhere."
        ratio = _constant_ratio(got, expected, same)
        if ratio is not None:
            return _about_ratio(ratio, sizes)
        shift = float(np.mean(got - expected))
        if same(got - shift, expected):
            return f"is too {'large' if shift > 0 else 'small'} by {abs(shift):.4g} in every entry."
        for axis in range(expected.ndim):
            if (
                got.ndim > 1
                and got.shape[axis] > 1
                and not np.ptp(got, axis).any()
                and np.ptp(expected, axis).any()
            ):
                return (
                    f"has the same values at every place of {axis_label(axis, axes)}. "
                    "Is one array written over again and again, or one value spread over all places?"
                )
        order = _reordered(got, expected, same, axes)
        if order:
            return order
    return _partly(got, expected, agree(got, expected, relative, absolute), axes, place)


def worst(got, expected):
    """Describes the entry where two arrays of one shape differ most.

    Args:
        got: float64 array.
        expected: float64 array of the same shape.

    Returns:
        str such as `"at [1, 2] expected 0.5, got 0.25"`.
    """
    index = np.unravel_index(np.argmax(np.abs(got - expected)), got.shape)
    place = f"at {entry(index)} " if got.ndim else ""
    return f"{place}expected {expected[index]:.6g}, got {got[index]:.6g}"


def _constant_ratio(got, expected, same):
    ratio = float((got * expected).sum() / (expected * expected).sum())
    return ratio if ratio and same(got / ratio, expected) else None


def _about_ratio(ratio, sizes):
    sentence = f"is off by a factor of {ratio:.4g} everywhere"
    for name, size in (sizes or {}).items():
        if size > 1 and np.isclose(ratio, 1 / size, rtol=1e-4):
            return f"{sentence}, which is 1/{name} (1/{size}): is a mean taken where the sum belongs?"
        if size > 1 and np.isclose(ratio, size, rtol=1e-4):
            return f"{sentence}, which is the size of {name}: is a sum taken where the mean belongs?"
    if np.isclose(ratio, 2, rtol=1e-4):
        return f"{sentence}: is something counted twice, or a square's 2 in the wrong place?"
    return f"{sentence}: is a mean taken where a sum belongs, a sum for a mean, or a term counted twice?"


def _reordered(got, expected, same, axes):
    if expected.ndim in (2, 3):
        for order in permutations(range(expected.ndim)):
            if order != tuple(range(expected.ndim)) and same(np.transpose(got, order), expected):
                return "is transposed: the right numbers with rows and columns (two axes) exchanged."
    for axis in range(expected.ndim):
        if expected.shape[axis] < 2:
            continue
        if same(np.flip(got, axis), expected):
            return f"is in reverse order along {axis_label(axis, axes)}."
        for step, word in ((1, "late"), (-1, "early")):
            kept = expected.shape[axis] - 1
            moved = np.take(got, range(1, kept + 1) if step > 0 else range(kept), axis)
            there = np.take(expected, range(kept) if step > 0 else range(1, kept + 1), axis)
            if kept > 1 and same(moved, there):
                return f"comes one place too {word} along {axis_label(axis, axes)}."
    return None


def _partly(got, expected, right, axes, place):
    if got.ndim == 0:
        return f"differs: expected {expected[()]:.6g}, got {got[()]:.6g}."
    difference = f" The largest difference is {worst(got, expected)}." if place else ""
    if right.any() and not right.all():
        for axis in range(right.ndim):
            whole = right.all(axis=tuple(other for other in range(right.ndim) if other != axis))
            if right.ndim > 1 and whole.any():
                return (
                    f"is right {_places(whole)} of {axis_label(axis, axes)} and wrong elsewhere.{difference}"
                )
        return f"is right in {int(right.sum())} of {right.size} entries.{difference}"
    return f"differs in every entry.{difference}"


def _places(whole):
    index = np.flatnonzero(whole)
    if len(index) == 1:
        last = index[0] == len(whole) - 1 and len(whole) > 1
        return "only at the last place" if last else f"only at index {index[0]}"
    return f"only at indices {show([int(i) for i in index], 60)}"
