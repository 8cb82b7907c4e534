"""What arguments of the searches and samplers may be."""

import numbers


def check_whole_number(name, value, least=1):
    """Checks a count or an id.

    Args:
        name: str, the argument's name, for the message.
        value: what should be an integer, of Python or NumPy.
        least: int, the smallest value allowed.

    Returns:
        The value as an int.

    Raises:
        ValueError: if it is no integer, or too small.
    """
    if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < least:
        expected = "a positive integer" if least == 1 else f"an integer from {least} on"
        raise ValueError(f"{name} is {value!r}; expected {expected}")
    return int(value)


def check_number(name, value, fits, expected):
    """Checks a number.

    Args:
        name: str, the argument's name, for the message.
        value: what should be a real number.
        fits: callable from the number to bool.
        expected: str, for the message.

    Returns:
        The value as a float.

    Raises:
        ValueError: if it is no number, or does not fit.
    """
    if not isinstance(value, numbers.Real) or isinstance(value, bool) or not fits(value):
        raise ValueError(f"{name} is {value!r}; expected {expected}")
    return float(value)
