"""Term isolation: one term of a sum at a time is non-zero, so that a message can say which one is wrong."""

from functools import partial

import numpy as np

from coursepkg.checks.conversion import as_float
from coursepkg.checks.diagnosis import worst
from coursepkg.checks.failure import fail, name_of


def _identity(values):
    return values


def isolate_terms(
    function, arguments, terms, activation=None, relative=1e-6, absolute=1e-8, hint="", name=None
):
    """Checks a function of the form `activation(sum of terms)`, one term at a time.

    A term is the matrix product of two arguments (`("hidden", "recurrent_kernel")`) or one argument that is
    added as it is (`("bias",)`). For every term all other arguments are zero, so the result must be
    `activation(term)`.
    With more than one term, all are then tried together.

    Args:
        function: callable, `function(**arguments)` returns an array.
        arguments: dict from name to array, all non-zero.
        terms: dict from what to call the term (`"recurrent term h·U"`) to its tuple of argument names.
        activation: callable on arrays or `None`.
        relative: float, relative tolerance.
        absolute: float, absolute tolerance.
        hint: str added to the message.
        name: str, what to call the function.

    Raises:
        CheckFailed: saying that a term is missing, transposed, counted twice, of the wrong sign, outside the
            activation, or that something is added that is no term.
        ValueError: if a term names an argument that is not there, or more than two.
    """
    name, activation = name_of(function, name), activation or _identity
    for label, names in terms.items():
        if not 1 <= len(names) <= 2 or any(one not in arguments for one in names):
            raise ValueError(f"the term {label!r} is {names}, expected one or two of {list(arguments)}")
    arguments = {one: np.array(value, "float64") for one, value in arguments.items()}

    run = partial(_run, function, arguments, name)
    close = partial(_close, relative=relative, absolute=absolute)
    sums = {label: _product(names, arguments) for label, names in terms.items()}
    shape = np.broadcast_shapes(*(value.shape for value in sums.values()))
    rest = run((), "with every argument zero")
    for label, names in terms.items():
        got = run(names, f"with only the {label} non-zero")
        term = sums[label]
        expected = activation(_fill(term, got.shape if len(terms) == 1 else shape))
        if got.shape != expected.shape:
            fail(
                f"{name}: with only the {label} non-zero the result has shape {got.shape}, "
                f"expected {expected.shape}.",
                hint=hint,
            )
        if not close(got, expected):
            sentence = _about_term(got, rest, term, names, arguments, activation, close)
            fail(
                f"{name}: the {label} {sentence} All other arguments were zero.",
                expected,
                got,
                hint,
            )
    zero = activation(np.zeros(rest.shape))
    if not close(rest, zero):
        fail(
            f"{name}: with every argument zero the result should be that of zero alone.",
            zero,
            rest,
            hint,
        )
    if len(terms) > 1:
        everything = run([one for names in terms.values() for one in names], "with all terms")
        _check_together(everything, sums, shape, activation, close, name, hint)


def _run(function, arguments, name, kept, what):
    given = {one: value.copy() if one in kept else np.zeros_like(value) for one, value in arguments.items()}
    return as_float(function(**given), f"The result of {name} {what}")


def _close(got, expected, relative, absolute):
    return got.shape == expected.shape and np.allclose(got, expected, relative, absolute)


def _product(names, arguments):
    values = [arguments[one] for one in names]
    return values[0] if len(values) == 1 else values[0] @ values[1]


def _fill(term, shape):
    try:
        return np.broadcast_to(term, shape)
    except ValueError:
        return term


def _about_term(got, rest, term, names, arguments, activation, close):
    if close(got, rest):
        return "is missing: the result is the same as with every argument zero."
    for factor, sentence in (
        (-1.0, "has the wrong sign."),
        (2.0, "is counted twice."),
        (0.5, "is halved."),
        (1.0 / len(term), "is divided by the number of rows: where does a mean come in?"),
    ):
        if close(got, activation(_fill(factor * term, got.shape))):
            return sentence
    if close(got, _fill(term, got.shape)):
        return "arrives as it is: the activation is not applied."
    if close(got, activation(activation(_fill(term, got.shape)))):
        return "goes through the activation twice."
    if len(names) == 2:
        first, second = (arguments[one] for one in names)
        if second.shape[0] == second.shape[-1]:
            if close(got, activation(first @ second.T)):
                return f"uses {names[1]} transposed: rows and columns are exchanged."
            if first.shape == second.shape and close(got, activation(first * second)):
                return "is an entry-by-entry product, a matrix product was expected."
            if first.shape == second.shape and close(got, activation(second @ first)):
                return f"is a product in the wrong order: {names[1]} comes first."
        if got.shape == term.shape and close(got, np.broadcast_to(activation(term.sum(axis=0)), got.shape)):
            return "mixes the rows of the batch."
    return f"is there but wrong ({worst(got, activation(_fill(term, got.shape)))})."


def _check_together(got, sums, shape, activation, close, name, hint):
    expected = activation(sum(np.broadcast_to(term, shape) for term in sums.values()))
    if close(got, expected):
        return
    parts = sum(activation(np.broadcast_to(term, shape)) for term in sums.values())
    if close(got, parts):
        sentence = "the activation is applied to each term on its own. Add the terms first."
    else:
        sentence = "each term alone is right, but together they are not. How are they combined?"
    fail(f"{name}: {sentence}", expected, got, hint)
