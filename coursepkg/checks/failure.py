"""The exception that every check raises, and how it shows values."""

import numpy as np


class CheckFailed(AssertionError):
    """An answer does not do what its exercise asks; the message says what to look at."""


def fail(sentence, expected=None, got=None, hint="", detail=""):
    """Raises `CheckFailed` with a sentence and, where they help, the two values.

    Args:
        sentence: str, what is wrong and where to look.
        expected: value that was expected, or `None` to leave it out.
        got: value that came, shown only together with `expected`.
        hint: str, a sentence of the exercise's author, after ours.
        detail: str, one more line, such as the entry that differs most.

    Raises:
        CheckFailed: always.
    """
    sentence = sentence[0].upper() + sentence[1:] if sentence.startswith("the ") else sentence
    lines = [f"{sentence} {hint}" if hint else sentence]
    if detail:
        lines.append(f"  {detail}")
    if expected is not None:
        lines += [f"  expected: {show(expected)}", f"  got:      {show(got)}"]
    raise CheckFailed("\n".join(lines))


def show(value, limit=200):
    """Returns a value as short text: few digits, few entries, on one line.

    Args:
        value: anything.
        limit: int, most characters to return.

    Returns:
        str of at most `limit` characters.
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.ndarray):
        plain = value.dtype.kind in "f" and np.abs(value).max(initial=0.0) >= 1e-2
        with np.printoptions(precision=4, suppress=plain, threshold=12, edgeitems=2):
            text = " ".join(np.array2string(value, separator=", ").split())
        text = f"{text} with shape {value.shape}"
    elif isinstance(value, (float, np.floating)):
        text = f"{value:.6g}"
    else:
        text = " ".join(repr(value).split())
    return text if len(text) <= limit else f"{text[: limit - 4]} ..."


def name_of(function, name=None):
    """Returns what to call a function in a message.

    Args:
        function: any callable; a layer, a lambda and a proxy have no name worth showing.
        name: str or `None`, used when given.

    Returns:
        str.
    """
    if name is not None:
        return name
    found = getattr(function, "__name__", None)
    return found if isinstance(found, str) and found.isidentifier() else "the function"


def entry(index):
    """Returns an index as a reader writes it, `[2, 0]`.

    Args:
        index: tuple of int.

    Returns:
        str.
    """
    return f"[{', '.join(str(int(i)) for i in index)}]"


def axis_label(axis, axes=None):
    """Returns how a message speaks of an axis.

    Args:
        axis: int.
        axes: tuple of str or `None`, the names of all axes.

    Returns:
        str such as `"axis 1 (timesteps)"`.
    """
    return f"axis {axis} ({axes[axis]})" if axes is not None and axis < len(axes) else f"axis {axis}"
