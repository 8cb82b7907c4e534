"""Checks of a value against the value that was expected."""

from itertools import permutations

import numpy as np

from coursepkg.checks.conversion import as_array, as_float
from coursepkg.checks.diagnosis import agree, explain
from coursepkg.checks.failure import fail, show


def check_shapes(value, shape, name="the result", axes=None, hint=""):
    """Checks the shape of an array, or of every array in a dict or tuple.

    Args:
        value: array-like, or a dict or tuple of them where `shape` is a dict or a list.
        shape: tuple of int; or a dict from name to tuple; or a list of tuples for a tuple of results.
        name: str, what to call the value.
        axes: tuple of str, names of the axes; a dict of such tuples where `shape` is a dict.
        hint: str added to the message.

    Raises:
        CheckFailed: saying which axes are missing, too many or exchanged.
    """
    if isinstance(shape, dict):
        if not hasattr(value, "keys"):
            fail(f"{name} should be a dict with the keys {_listed(shape)}, but is {_kind(value)}.", hint=hint)
        missing = [key for key in shape if key not in value]
        if missing:
            fail(f"{name} has no entry {missing[0]!r}; its keys are {_listed(value)}.", hint=hint)
        for key, one in shape.items():
            check_shapes(value[key], one, f'{name}["{key}"]', (axes or {}).get(key), hint)
        return
    if isinstance(shape, list):
        if not isinstance(value, (tuple, list)) or len(value) != len(shape):
            fail(f"{name} should be {len(shape)} results in a tuple, but is {_kind(value)}.", hint=hint)
        for index, one in enumerate(shape):
            check_shapes(value[index], one, f"{name}[{index}]", (axes or [None] * len(shape))[index], hint)
        return
    shape = tuple(int(size) for size in shape)
    got = as_array(value, name, finite=False).shape
    if got != shape:
        meaning = f"({', '.join(axes)}) = " if axes else ""
        fail(f"{name} has shape {got}, expected {meaning}{shape}. {_about_shape(got, shape)}", hint=hint)


def check_results(value, names, name="the function"):
    """Checks that a function returned as many results as it should.

    Args:
        value: what the student's function returned.
        names: tuple of str, what the results are.
        name: str, what to call the function.

    Raises:
        CheckFailed: if the value is no tuple or list of that length.
    """
    if not isinstance(value, (tuple, list)) or len(value) != len(names):
        number = f"{len(names)} results" if len(names) > 1 else "a list with one entry"
        wanted = f"{number} ({' and '.join(names)})"
        fail(f"{name} should return {wanted}, but what it returned is {_kind(value)}.")


def check_close(
    got, expected, name="the result", relative=1e-6, absolute=1e-8, axes=None, sizes=None, hint=""
):
    """Checks that an array agrees with the expected one up to rounding.

    Args:
        got: array-like, what the student's function returned.
        expected: array-like.
        name: str, what to call the result.
        relative: float, relative tolerance (1e-6 suits float64; use 1e-4 or so for float32).
        absolute: float, absolute tolerance.
        axes: tuple of str, names of the axes.
        sizes: dict from str to int, sizes that a wrong factor may come from.
        hint: str added to the message.

    Raises:
        CheckFailed: saying what the two have in common, or where they differ.
    """
    expected = np.asarray(expected, "float64")
    check_shapes(got, expected.shape, name, axes, hint)
    array = as_float(got, name)
    if not agree(array, expected, relative, absolute).all():
        sentence = explain(array, expected, relative, absolute, axes, sizes)
        if as_array(got).dtype.kind in "iu" and (expected != np.round(expected)).any():
            sentence = "holds integers: fractions are lost. Was an array made without a floating dtype?"
        if expected.ndim == 0:  # the sentence shows both numbers
            fail(f"{name} {sentence}", hint=hint)
        fail(f"{name} {sentence}", expected, array, hint)


def check_equal(got, expected, name="the result", hint=""):
    """Checks that a value is exactly the expected one: text, integers, lists, masks.

    Containers are compared by their values: a list, a tuple and an array with the same entries are equal.

    Args:
        got: what the student's function returned.
        expected: what was expected.
        name: str, what to call the result.
        hint: str added to the message.

    Raises:
        CheckFailed: with the first entry that differs.
    """
    if isinstance(expected, (str, bytes)) or expected is None:
        if type(got) is not type(expected) and got is None:
            fail(f"{name} is None. Does the function end with a return, on every path?", hint=hint)
        if type(got) is not type(expected):
            fail(f"{name} is {_kind(got)}, {type(expected).__name__} was expected.", expected, got, hint)
        if got != expected:
            fail(f"{name} {_about_text(got, expected)}", expected, got, hint)
        return
    if isinstance(expected, dict):
        _check_equal_dict(got, expected, name, hint)
        return
    if isinstance(expected, (list, tuple)) and not _is_numeric(expected):
        if got is None or isinstance(got, (str, bytes)) or not hasattr(got, "__len__"):
            fail(f"{name} is {_kind(got)}, {len(expected)} entries were expected.", hint=hint)
        if len(got) != len(expected):
            fail(f"{name} has {len(got)} entries, expected {len(expected)}.", expected, got, hint)
        for index, one in enumerate(expected):
            check_equal(got[index], one, f"{name}[{index}]", hint)
        return
    _check_equal_array(got, np.asarray(expected), name, hint)


def _check_equal_array(got, expected, name, hint):
    array = as_array(got, name, finite=False)
    check_shapes(array, expected.shape, name, hint=hint)
    if expected.dtype.kind == "b" and array.dtype.kind != "b" and not np.isin(array, (0, 1)).all():
        fail(f"{name} should be True or False (or 1 and 0) everywhere.", expected, array, hint)
    if expected.dtype.kind == "b" and (array.astype(bool) == ~expected).all():
        fail(f"{name} has True and False exchanged.", expected, array, hint)
    equal = array == expected
    if not equal.all():
        index = tuple(np.argwhere(~equal)[0]) if expected.ndim else ()
        if expected.dtype.kind == "b":
            sentence = f"differs in {int((~equal).sum())} of {equal.size} entries."
        else:
            finite = as_float(array, name)
            sentence = explain(finite, expected.astype("float64"), 0.0, 1e-9)
        place = f" First at {[int(i) for i in index]}." if index else ""
        fail(f"{name} {sentence}{place}", expected, array, hint)


def _check_equal_dict(got, expected, name, hint):
    if not hasattr(got, "keys"):
        fail(f"{name} is {_kind(got)}, a dict with the keys {_listed(expected)} was expected.", hint=hint)
    missing = [key for key in expected if key not in got]
    surplus = [key for key in got if key not in expected]
    if missing:
        fail(f"{name} has no entry {show(missing[0])}; its keys are {_listed(got)}.", hint=hint)
    if surplus:
        fail(f"{name} has the entry {show(surplus[0])}, which was not asked for.", hint=hint)
    for key, one in expected.items():
        check_equal(got[key], one, f"{name}[{key!r}]", hint)


def _is_numeric(values):
    try:
        return np.asarray(values).dtype.kind in "bifu"
    except ValueError:  # ragged
        return False


def _about_text(got, expected):
    if got == expected[::-1]:
        return "is the expected text in reverse order."
    if got.casefold() == expected.casefold():
        return "differs in upper and lower case only."
    if "".join(got.split()) == "".join(expected.split()):
        return "differs in spaces or line ends only."
    place = next((i for i, (a, b) in enumerate(zip(got, expected, strict=False)) if a != b), None)
    if place is None:
        return f"has length {len(got)}, expected {len(expected)}: the shorter is how the longer begins."
    return f"differs from character {place} on."


def _about_shape(got, expected):
    if sorted(got) == sorted(expected):
        if len(got) == len(expected) and len(set(got)) < len(got):
            return "Two axes are exchanged."
        for order in permutations(range(len(got))):
            if tuple(got[i] for i in order) == expected:
                moved = [i for i, place in enumerate(order) if i != place]
                if len(moved) == 2:
                    return f"Axes {moved[0]} and {moved[1]} are exchanged."
        return "The axes are in another order."
    if len(got) == len(expected) + 1:
        for axis in range(len(got)):
            if got[:axis] + got[axis + 1 :] == expected:
                return (
                    f"Axis {axis} (size {got[axis]}) is one too many: is a sum or an index over it missing?"
                )
        return "There is one axis too many."
    if len(got) == len(expected) - 1:
        for axis in range(len(expected)):
            if expected[:axis] + expected[axis + 1 :] == got:
                return (
                    f"Axis {axis} (size {expected[axis]}) is missing: was it summed over, or one place taken?"
                )
        return "One axis is missing."
    if len(got) != len(expected):
        return f"It has {len(got)} axes instead of {len(expected)}."
    wrong = [axis for axis in range(len(got)) if got[axis] != expected[axis]]
    text = " and ".join(f"axis {axis} has size {got[axis]} instead of {expected[axis]}" for axis in wrong)
    return text[0].upper() + text[1:] + "."


def _kind(value):
    if value is None:
        return "None (is a return missing?)"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"of type {type(value).__name__}"


def _listed(keys):
    return ", ".join(show(key, 40) for key in list(keys)[:8]) or "(none)"
