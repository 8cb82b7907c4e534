"""From whatever an answer returned to an array of numbers, or to a sentence that says why it is none."""

import numpy as np

from coursepkg.checks.failure import fail, show


def as_array(value, name="the result", finite=True):
    """Converts an answer to a plain NumPy array.

    Lists, numbers, keras tensors and subclasses of arrays are welcome: what counts is the values.

    Args:
        value: what the student's function returned.
        name: str, what to call it in a message.
        finite: bool, whether NaN and infinity are faults.

    Returns:
        `numpy.ndarray` of numbers or booleans, a copy.

    Raises:
        CheckFailed: if the value is `None`, still to be computed, ragged, not numbers, or not finite.
    """
    if value is None:
        fail(f"{name} is None. Does the function end with a return, on every path?")
    if callable(value) and not hasattr(value, "__array__"):
        fail(f"{name} is a function or a class ({show(value, 60)}), not its result. Was it never called?")
    if isinstance(value, (str, bytes)):
        fail(f"{name} is text ({show(value, 60)}), numbers were expected.")
    if isinstance(value, (dict, set)):
        fail(f"{name} is a {type(value).__name__} ({show(value, 60)}), an array was expected.")
    array = _to_numpy(value, name)
    if array.dtype.kind not in "bifuc":
        fail(f"{name} holds entries of dtype {array.dtype} ({show(value, 60)}), numbers were expected.")
    if finite and array.dtype.kind in "fc" and not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(array))
        kind = "NaN" if np.isnan(array).any() else "an infinite value"
        where = f" at {[int(i) for i in bad[0]]}" if array.ndim else ""
        fail(
            f"{name} contains {kind}{where} ({len(bad)} of {array.size} entries are not finite). "
            "Look for a division by zero, a logarithm of zero, or an np.empty that was never filled."
        )
    return array


def _to_numpy(value, name):
    if isinstance(value, np.ndarray):
        return np.array(value, subok=False)
    if hasattr(value, "detach"):  # a PyTorch tensor that still records gradients
        value = value.detach()
    if isinstance(value, (list, tuple)) and any(item is None for item in value):
        fail(f"{name} has None among its entries. Is a return or an assignment missing for one of them?")
    try:
        if hasattr(value, "__array__") and not isinstance(value, np.generic):
            value = value.__array__()  # asked without `copy`: NumPy warns about tensors that do not know it
        return np.array(value, subok=False)
    except (ValueError, TypeError, NotImplementedError) as error:
        if isinstance(value, (list, tuple)):
            fail(f"{name} is a {type(value).__name__} whose entries differ in shape, so it is no array.")
        reason = str(error).split("\n")[0][:100]
        fail(f"{name} is a {type(value).__name__} that cannot be read as an array ({reason}).")


def as_float(value, name="the result"):
    """Converts an answer to a finite float64 array.

    Args:
        value: what the student's function returned.
        name: str, what to call it in a message.

    Returns:
        `numpy.ndarray` of dtype float64.

    Raises:
        CheckFailed: as `as_array`, and for complex numbers.
    """
    array = as_array(value, name)
    if array.dtype.kind == "c":
        fail(f"{name} holds complex numbers, real ones were expected.")
    return array.astype("float64")


def require_float64(value, name, reason):
    """Raises `CheckFailed` where an answer lost precision that a check needs.

    Args:
        value: what the student's function returned.
        name: str, what to call it in a message.
        reason: str, why the precision matters.

    Raises:
        CheckFailed: if the value holds float32, float16 or integers.
    """
    array = as_array(value, name)
    if array.dtype.kind in "biu":
        fail(
            f"{name} holds integers ({array.dtype}): fractions are lost. "
            f"Was an array made without a floating dtype? {reason}"
        )
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        fail(
            f"{name} is {array.dtype} although the arguments are float64: "
            f"somewhere an array is made with another dtype. {reason}"
        )
