"""Checks of what a function may depend on: the past, its own row, its arguments, and nothing else."""

import numpy as np

from coursepkg.checks.boundary import changes_come_back
from coursepkg.checks.conversion import as_array, as_float
from coursepkg.checks.drawing import generator
from coursepkg.checks.failure import entry, fail, name_of, show


@changes_come_back()
def check_causal(function, inputs, axis=1, tolerance=1e-5, seed=None, hint="", name=None):
    """Checks that the output at a step does not depend on later steps.

    For every step but the last, the inputs after it are replaced; the outputs up to it must stay.

    Args:
        function: callable or layer, from `(batch, timesteps, ...)` to an array with the same time axis.
        inputs: array `(batch, timesteps, ...)`.
        axis: int, the time axis of inputs and outputs.
        tolerance: float, largest change allowed, relative to the largest output.
        seed: int or `None`, for the numbers put in.
        hint: str added to the message.
        name: str, what to call the function.

    Raises:
        CheckFailed: naming the step that sees the future, and whether the sequence is read backwards.
    """
    name = name_of(function, name)
    inputs = np.asarray(inputs)
    before = _outputs(function, inputs, axis, name)
    allowed = tolerance * (np.abs(before).max(initial=0.0) + 1e-12)
    for step in range(inputs.shape[axis] - 1):
        changed = _replace(inputs, axis, range(step + 1, inputs.shape[axis]), generator(seed))
        after = _outputs(function, changed, axis, name)
        moved = np.flatnonzero(_change(before, after, axis) > allowed)
        if len(moved) and moved[0] <= step:
            backwards = _ignores_past(function, inputs, before, axis, allowed, seed, name)
            reason = (
                "It does not depend on earlier steps: the sequence seems to be read backwards."
                if backwards
                else "It can see the future."
            )
            fail(
                f"{name}: the output at step {moved[0]} changes when only inputs after step {step} do. "
                f"{reason}",
                hint=hint,
            )


@changes_come_back()
def check_carries_state(function, inputs, axis=1, tolerance=1e-9, seed=None, hint="", name=None):
    """Checks that the output at every later step depends on the first input.

    Args:
        function: callable or layer, from `(batch, timesteps, ...)` to an array with the same time axis.
        inputs: array `(batch, timesteps, ...)`, short enough that the first input is not forgotten.
        axis: int, the time axis of inputs and outputs.
        tolerance: float, smallest change that counts, relative to the largest output.
        seed: int or `None`, for the numbers put in.
        hint: str added to the message.
        name: str, what to call the function.

    Raises:
        CheckFailed: naming the first step at which the past is lost.
    """
    name = name_of(function, name)
    inputs = np.asarray(inputs)
    before = _outputs(function, inputs, axis, name)
    after = _outputs(function, _replace(inputs, axis, [0], generator(seed)), axis, name)
    change = _change(before, after, axis)
    lost = np.flatnonzero(change <= tolerance * (np.abs(before).max(initial=0.0) + 1e-12))
    if len(lost) == len(change):
        fail(
            f"{name}: no output changes when the input of step 0 does. Are the inputs used at all?", hint=hint
        )
    if len(lost):
        fail(
            f"{name}: the output at step {lost[0]} stays the same when the input of step 0 changes. "
            f"The state of the step before does not arrive there.",
            hint=hint,
        )


@changes_come_back()
def check_batch_independent(function, inputs, tolerance=1e-5, seed=None, hint="", name=None):
    """Checks that a row of the output depends on that row of the inputs alone.

    Args:
        function: callable or layer, from `(batch, ...)` to an array with the same first axis.
        inputs: array `(batch, ...)` with at least two rows.
        tolerance: float, largest change allowed, relative to the largest output.
        seed: int or `None`, for the numbers put in.
        hint: str added to the message.
        name: str, what to call the function.

    Raises:
        CheckFailed: naming two rows of which one changes the other.
        ValueError: if the inputs have fewer than two rows.
    """
    name = name_of(function, name)
    inputs = np.asarray(inputs)
    if inputs.ndim == 0 or len(inputs) < 2:
        raise ValueError(f"inputs has shape {inputs.shape}, expected at least two rows")
    before = _outputs(function, inputs, 0, name)
    allowed = tolerance * (np.abs(before).max(initial=0.0) + 1e-12)
    found = []
    for row in range(len(inputs)):
        after = _outputs(function, _replace(inputs, 0, [row], generator(seed)), 0, name)
        touched = np.flatnonzero(_change(before, after, 0) > allowed)
        found += [(row, int(other)) for other in touched if other != row]
    if found:
        row, other = found[0]
        reason = (
            "Only later rows are touched: does the recurrence run over the batch instead of the steps?"
            if all(source < target for source, target in found)
            else "Rows are separate examples: look for a sum, a mean or a maximum over axis 0."
        )
        fail(
            f"{name}: changing row {row} of the batch changes the output of row {other}. {reason}", hint=hint
        )
    single = as_float(function(inputs[:1].copy()), f"The result of {name} for one row")
    if single.shape != before[:1].shape or np.abs(single - before[:1]).max(initial=0.0) > allowed:
        fail(
            f"{name}: row 0 alone gives another result than row 0 among {len(inputs)} rows. "
            f"Does something divide by the size of the batch?",
            hint=hint,
        )


@changes_come_back()
def check_pure(function, arguments, repeat=True, hint="", name=None):
    """Checks that a function leaves its arguments as they were, and returns the same when called again.

    Args:
        function: callable, called as `function(**arguments)`.
        arguments: dict from name to an array, a list or dict of arrays, or any other value.
        repeat: bool, whether to call it a second time.
        hint: str added to the message.
        name: str, what to call the function.

    Raises:
        CheckFailed: naming the argument that changed.
    """
    name = name_of(function, name)
    given = {one: _copy(value) for one, value in arguments.items()}
    first = _copy(function(**given))
    for one, value in arguments.items():
        place = _difference(value, given[one])
        if place is not None:
            fail(
                f"{name} changes its argument {one!r} in place{place}. The caller still needs it: "
                f"work on a copy, or write the result to a new array.",
                hint=hint,
            )
    if repeat and _difference(first, function(**given)) is not None:
        fail(
            f"{name} returns something else when it is called again with the same arguments. "
            f"Does it keep a value outside the function between calls?",
            hint=hint,
        )


def _outputs(function, inputs, axis, name):
    outputs = as_float(function(inputs.copy()), f"The result of {name}")
    if outputs.ndim <= axis or outputs.shape[axis] != inputs.shape[axis]:
        fail(
            f"The result of {name} has shape {outputs.shape}; axis {axis} should have size "
            f"{inputs.shape[axis]}, as in the inputs of shape {inputs.shape}."
        )
    return outputs


def _replace(inputs, axis, places, random):
    changed = inputs.copy()
    index = [slice(None)] * inputs.ndim
    index[axis] = list(places)
    part = changed[tuple(index)]
    if inputs.dtype.kind in "iu":  # ids: another one that occurs, so that an embedding knows it
        changed[tuple(index)] = np.where(part == inputs.max(), inputs.min(), inputs.max())
    elif inputs.dtype.kind == "b":
        changed[tuple(index)] = ~part
    else:
        changed[tuple(index)] = part + random.uniform(0.5, 1.0, size=part.shape) * (np.std(inputs) + 0.1)
    return changed


def _change(before, after, axis):
    other = tuple(i for i in range(before.ndim) if i != axis)
    return np.abs(after - before).max(axis=other, initial=0.0)


def _ignores_past(function, inputs, before, axis, allowed, seed, name):
    after = _outputs(function, _replace(inputs, axis, [0], generator(seed)), axis, name)
    return not (_change(before, after, axis)[1:] > allowed).any()


def _copy(value):
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_copy(one) for one in value) if type(value) in (list, tuple) else value
    return value.copy() if isinstance(value, np.ndarray) else value


def _difference(before, after):
    """Returns `None` where two values are the same, else where they differ, as text."""
    if isinstance(before, dict):
        if not hasattr(after, "keys") or set(before) != set(after):
            return " (its keys)"
        return next(
            (
                f"[{show(key, 40)}]{place}"
                for key in before
                if (place := _difference(before[key], after[key])) is not None
            ),
            None,
        )
    if isinstance(before, (list, tuple)):
        if not isinstance(after, (list, tuple)) or len(before) != len(after):
            return " (its length)"
        places = ((i, _difference(a, b)) for i, (a, b) in enumerate(zip(before, after, strict=True)))
        return next((f"[{i}]{place}" for i, place in places if place is not None), None)
    try:
        first, second = as_array(before, finite=False), as_array(after, finite=False)
    except AssertionError:  # neither numbers nor arrays: text, None, handles
        return None if before is after or bool(before == after) else ""
    if first.shape != second.shape:
        return " (its shape)"
    same = (first == second) | ((first != first) & (second != second))  # NaN stays NaN
    return None if same.all() else (f" at {entry(np.argwhere(~same)[0])}" if first.ndim else "")
