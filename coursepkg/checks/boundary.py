"""Where answers live in another process: what a grader that separates answers from tests hooks into.

In one kernel nothing here does anything: a call is a call.
"""

from contextlib import contextmanager, nullcontext

_grader = {}


def register(beside=None, changes_come_back=None):
    """Lets a grader say how answers in another process are reached; without arguments, that there is none.

    Args:
        beside: function that takes a callable of a library and returns one that is called where answers live.
        changes_come_back: function that returns a context manager; inside it, what a call changes in its
            arguments over there is changed here too, and at its end it is as it was.
    """
    _grader.clear()
    if beside is not None:
        _grader.update(beside=beside, changes_come_back=changes_come_back)


def beside(function):
    """Returns a library's function or class as it is to be called with an answer's objects.

    A grader may keep answers in a process of their own. There a test that hands an answer's object to a
    library, as in `beside(keras.layers.RNN)(RecurrentCell(4))`, has the call made in that process. In one
    kernel it is an ordinary call.

    Args:
        function: callable of an importable library, such as `keras.layers.RNN`.

    Returns:
        A callable with the same arguments.
    """
    return _grader["beside"](function) if _grader else function


@contextmanager
def changes_come_back():
    """Inside this context a call may change its arguments, wherever the function lives.

    Checks whose calls share arguments run in it, and those that ask what became of them. A grader undoes the
    changes at the end, so that no expected value is ever computed from what an answer left behind.
    """
    with _grader["changes_come_back"]() if _grader else nullcontext():
        yield
