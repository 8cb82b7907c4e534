"""Exceptions of the student's process as exceptions here: by class name and message, never as objects."""

import builtins

import numpy as np

from coursepkg.grading.packing import is_name

MOST_MESSAGE = 4000
MOST_FRAMES = 20
SAFE = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception
} | {
    f"numpy {kind.__name__}": kind
    for kind in (*vars(np.exceptions).values(), np.linalg.LinAlgError)
    if isinstance(kind, type) and issubclass(kind, Exception)
}


class StudentError(Exception):
    """An exception of the student's process that has no counterpart here; its class carries the same name."""


class StudentLost(StudentError):
    """A student's object that was in a process which has ended."""


class StudentStopped(BaseException):
    """The student's process cannot go on; no test may catch this and pass.

    Args:
        state: `"gone"`, `"slow"` or `"broken"`.
        reason: str, a sentence for the student.
    """

    def __init__(self, state, reason):
        super().__init__(reason)
        self.state = state


def describe(error, frames=()):
    """Describes an exception as plain data, in the process where it was raised.

    Args:
        error: the exception.
        frames: list of `[cell, function, line]`, where in the student's cells it came up.

    Returns:
        Dict with `class`, `message`, `arguments`, `bases` and `frames`.
    """
    kind = type(error)
    try:
        message = str(error)
    except BaseException:
        message = ""
    arguments = getattr(error, "args", ())
    plain = isinstance(arguments, tuple) and len(arguments) <= 6
    plain = plain and all(one is None or type(one) in (str, int, float, bool) for one in arguments)
    plain = plain and all(type(one) is not int or abs(one) < 2**63 for one in arguments)
    plain = plain and sum(len(one) for one in arguments if type(one) is str) <= MOST_MESSAGE
    return {
        "class": kind.__name__[:100],
        "message": message[:MOST_MESSAGE],
        "arguments": list(arguments) if plain else None,
        "bases": base_names(kind),
        "frames": [list(frame) for frame in frames][-MOST_FRAMES:],
    }


def base_names(kind):
    """Returns the built-in and NumPy exceptions that a class is derived from, the closest first.

    Args:
        kind: an exception class.

    Returns:
        List of str, keys of `SAFE`.
    """
    names = []
    for base in kind.__mro__[:30]:
        numpy = str(base.__module__).split(".")[0] == "numpy"
        name = f"numpy {base.__name__}" if numpy else base.__name__
        if SAFE.get(name) is base:
            names.append(name)
    return names


def read(content):
    """Makes an exception of what the other process says about one.

    Args:
        content: dict as `describe` returns it, or a forgery.

    Returns:
        An exception of the same built-in or NumPy class where there is one, else of a subclass of
        `StudentError` with that name. Its attribute `student_frames` says where it came up.

    Raises:
        ValueError: if the content describes no exception.
    """
    name, message, bases = content.get("class"), content.get("message"), content.get("bases")
    if (
        not is_name(name)
        or type(message) is not str
        or len(message) > MOST_MESSAGE
        or type(bases) is not list
    ):
        raise ValueError("no exception")
    known = next((SAFE[base] for base in bases[:30] if type(base) is str and base in SAFE), None)
    error = None
    if known is not None and known.__name__ == name:
        error = _rebuild(known, content.get("arguments"), message)
    if error is None:
        error = make_class(name, known)(message)
    error.student_frames = _frames(content.get("frames"))
    return error


def make_class(name, base=None, parents=()):
    """Makes an exception class that stands for one of the student's process.

    Args:
        name: str, its name there.
        base: a class of `SAFE` that it is derived from there, or `None`.
        parents: tuple of classes made by this function that it is derived from.

    Returns:
        A subclass of `StudentError`, of `parents` and of `base`, as far as they go together.

    Raises:
        ValueError: if no class can be made with this name.
    """
    content = {"__init__": _keep_message, "__str__": _say_message, "__module__": "__main__"}
    for bases in ((*(parents or (StudentError,)), *((base,) if base else ())), parents, (StudentError,)):
        try:
            return type(name, bases, dict(content))
        except TypeError:  # bases that do not go together, or none
            continue
    raise ValueError("no exception class")


def _keep_message(self, *arguments):
    Exception.__init__(self, *arguments)
    self.student_message = arguments[0] if len(arguments) == 1 else arguments or ""


def _say_message(self):
    return str(self.student_message)


def _rebuild(kind, arguments, message):
    """The very class, if it can be made so that it says the same."""
    if type(arguments) is not list or len(arguments) > 6:
        return None
    if not all(one is None or type(one) in (str, int, float, bool) for one in arguments):
        return None
    try:
        error = kind(*arguments)
        same = str(error) == message
    except Exception:
        return None
    return error if same and type(error) is kind else None


def _frames(content):
    """`[cell, function, line]`, checked."""
    kept = []
    for frame in content[:MOST_FRAMES] if type(content) is list else ():
        if type(frame) is list and len(frame) == 3:
            cell, function, line = frame
            if type(cell) is str and type(function) is str and type(line) is int and 0 < line < 10**6:
                kept.append((cell[:100], function[:100], line))
    return kept
