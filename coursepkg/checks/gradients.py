"""Gradients against central differences, with a message that says which one is wrong, and how."""

import numpy as np

from coursepkg.checks.conversion import as_float, require_float64
from coursepkg.checks.diagnosis import explain, worst
from coursepkg.checks.drawing import generator
from coursepkg.checks.failure import entry, fail, name_of

_PRECISION = "A difference quotient needs double precision."


def check_gradients(
    function,
    arguments,
    gradients,
    names=None,
    upstream=None,
    step=1e-5,
    tolerance=1e-6,
    entries=None,
    axes=None,
    sizes=None,
    hints=None,
    seed=None,
    name=None,
):
    """Checks analytic gradients against central differences in float64.

    The loss is the function's value, or for a function that returns an array, the sum of `upstream` times
    that array, so that `upstream` is the gradient that arrives from above.

    Args:
        function: callable, `function(**arguments)` returns a number, or an array of the shape of `upstream`.
        arguments: dict from name to array; the function must not change them.
        gradients: dict from name to array, the student's gradients of the loss.
        names: list of str, the arguments to check; all by default.
        upstream: array or `None`, the gradient of the loss with respect to the function's result.
        step: float, half the distance of the central difference.
        tolerance: float, largest error allowed, relative to the largest entry of the gradient.
        entries: int or `None`, at most this many entries of each argument are tried (drawn at random).
        axes: dict from name to tuple of str, names of the axes.
        sizes: dict from str to int, sizes such as `{"batch": 3}` that a wrong factor may come from.
        hints: dict from name to str, added to the message about that gradient.
        seed: int or `None`, for the draw of `entries`.
        name: str, what to call the function.

    Raises:
        CheckFailed: naming the first gradient that is missing, has the wrong shape or the wrong values.
        ValueError: if `names` asks for an argument that is not there.
    """
    name = name_of(function, name)
    names = list(arguments) if names is None else list(names)
    unknown = [one for one in names if one not in arguments]
    if unknown:
        raise ValueError(f"names has {unknown[0]!r}, but the arguments are {list(arguments)}")
    if not hasattr(gradients, "keys"):
        kind = "None (is a return missing?)" if gradients is None else f"a {type(gradients).__name__}"
        fail(f"The gradients should be a dict with the keys {names}, but they are {kind}.")
    arguments = {one: np.array(value, "float64") for one, value in arguments.items()}
    random = generator(seed)
    for one in names:
        if one not in gradients:
            fail(f"There is no gradient for {one!r}; the keys are {[str(key) for key in gradients]}.")
        label, hint = f"The gradient of {one!r}", (hints or {}).get(one, "")
        analytic = as_float(gradients[one], label)
        _check_shape(analytic, arguments[one], one, hint)
        require_float64(gradients[one], label, _PRECISION)
        chosen = _choose(arguments[one].shape, entries, random)
        numeric = _central_differences(function, arguments, one, chosen, upstream, step, name)
        _compare(analytic, numeric, chosen, label, tolerance, (axes or {}).get(one), sizes, hint)


def _check_shape(analytic, argument, name, hint):
    if analytic.shape == argument.shape:
        return
    sentence = (
        f"The gradient of {name!r} has shape {analytic.shape}, but {name!r} has shape {argument.shape}."
    )
    surplus = analytic.ndim - argument.ndim
    if analytic.shape == argument.shape[::-1]:
        advice = "It is transposed: a gradient has the shape of what it is the gradient of."
    elif surplus > 0 and analytic.shape[surplus:] == argument.shape:
        advice = (
            "It has axes too many in front. Every row uses the same parameter: what becomes of their shares?"
        )
    else:
        advice = "A gradient has the shape of what it is the gradient of."
    fail(f"{sentence} {advice}", hint=hint)


def _choose(shape, entries, random):
    places = list(np.ndindex(*shape))
    if entries is not None and len(places) > entries:
        places = [places[i] for i in sorted(random.choice(len(places), entries, replace=False))]
    return places


def _central_differences(function, arguments, name, places, upstream, step, label):
    def loss(offset, place):
        moved = {one: value.copy() for one, value in arguments.items()}
        moved[name][place] += offset
        result = function(**moved)
        value = as_float(result, f"The result of {label}")
        require_float64(result, f"The result of {label}", _PRECISION)
        if upstream is None:
            if value.size != 1:
                fail(f"{label} should return one number, but returned an array of shape {value.shape}.")
            return value.reshape(())[()]
        weights = np.asarray(upstream, "float64")
        if value.shape != weights.shape:
            fail(f"{label} returned an array of shape {value.shape}, expected {weights.shape}.")
        return (value * weights).sum()

    return np.array([(loss(step, place) - loss(-step, place)) / (2 * step) for place in places])


def _compare(analytic, numeric, places, label, tolerance, axes, sizes, hint):
    whole = len(places) == analytic.size
    got = analytic if whole else np.array([analytic[place] for place in places])
    numeric = numeric.reshape(analytic.shape) if whole else numeric
    scale = float(np.abs(numeric).max(initial=0.0))
    absolute = tolerance * scale + 1e-9  # where the gradient is zero the quotient still has rounding noise
    if (np.abs(got - numeric) <= absolute).all():
        return
    if scale <= 1e-9:
        fail(
            f"{label} should be zero: the loss does not depend on it here ({worst(got, numeric)}).", hint=hint
        )
    sentence = explain(got, numeric, 0.0, absolute, axes if whole else None, sizes, place=False)
    index = int(np.argmax(np.abs(got - numeric)))
    place, right, value = places[index], numeric.reshape(-1)[index], got.reshape(-1)[index]
    where = f"at {entry(place)} " if place else ""
    ratio = f" (ratio {value / right:.4g})" if abs(right) > absolute else ""
    fail(
        f"{label} {sentence}",
        hint=hint,
        detail=f"{where}the central difference is {right:.6g}, the gradient is {value:.6g}{ratio}",
    )
