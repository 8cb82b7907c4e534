"""The examiner's end of the line to the student's process: requests, answers, and calls that come back."""

import contextlib
import functools
import importlib
import random
import weakref

import numpy as np

from coursepkg.grading import student_errors
from coursepkg.grading.packing import CannotCross, Packer, Unpacker, is_name
from coursepkg.grading.student_errors import StudentLost, StudentStopped
from coursepkg.grading.wire import ConnectionEnded, TimedOut, TooLarge, WireError

LIBRARIES = (
    "numpy",
    "keras",
    "tensorflow",
    "jax",
    "torch",
    "scipy",
    "coursepkg",
    "math",
    "operator",
    "builtins",
)
WITHOUT_VALUE = ("begin", "run", "set name")  # what comes with their answers is not even looked at
MOST_NESTED = 20
MOST_RAISED = 50
REASONS = {
    "slow": "No answer came in time.",
    "gone": "The process with your code ended.",
    "broken": "The process with your code sent something that is no answer",
}


class Link:
    """A conversation with one student's process, until one of the two ends it.

    Everything that comes from there is taken for hostile: it becomes plain data, a handle or an exception
    with a name, or the conversation is over.

    Args:
        connection: `wire.Connection` to the student's process.
        limits: `coursepkg.grading.Limits`.
        make_handle: function of a link and the description of an object there, which returns its proxy.

    Attributes:
        state: str, `"ok"`, or why it is over: `"gone"`, `"slow"` or `"broken"`.
        reason: str, a sentence for the student when it is over.
        deadline: `time.monotonic()` by which answers must have come, or `None`.
        outputs: `capture.Outputs` for what student code prints, or `None`.

    Raises:
        StudentStopped: by `request`, `ask` and `check`, once the conversation is over, for whatever reason.
        CannotCross: by `request` and `ask`, if an argument cannot go to the process.
        Exception: by `request` and `ask`, what student code raised.
    """

    def __init__(self, connection, limits, make_handle):
        self.connection = connection
        self.limits = limits
        self.make_handle = make_handle
        self.state = "ok"
        self.reason = ""
        self.deadline = None
        self.outputs = None
        self.undo = None  # inside `changes_come_back`: how to make it as it was
        self.number = 0
        self.nested = 0
        self.dropped = []
        self.handles = weakref.WeakValueDictionary()  # one number is one proxy, so that `is` works
        self.exceptions = {}
        self.functions = {}
        self.raised = {}
        self.count_raised = 0
        self.replaced = False  # by the link to another process

    def end(self, state, reason=""):
        """Ends the conversation; whoever asks again is told why.

        Args:
            state: `"gone"`, `"slow"` or `"broken"`.
            reason: str, a sentence, or `""` for the usual one.
        """
        if self.state == "ok":
            self.state, self.reason = state, reason or REASONS[state]
            self.connection.close()

    def request(self, action, arguments=(), keywords=None, **content):
        """Asks the student's process for something and waits for the answer.

        Args:
            action: str, what to do.
            arguments: values that go there, copied or by reference.
            keywords: dict of such values, or `None`.
            **content: plain entries of the message.

        Returns:
            The answer's value.

        Raises:
            StudentStopped: if no proper answer came in time.
            Exception: what was raised over there, or `CannotCross` if a value cannot go there.
        """
        value, _ = self.ask(action, arguments, keywords, **content)
        return value

    def ask(self, action, arguments=(), keywords=None, **content):
        """Asks as `request` does, for callers that need more of the answer than its value.

        Args:
            action: str, what to do.
            arguments: values that go there, copied or by reference.
            keywords: dict of such values, or `None`.
            **content: plain entries of the message.

        Returns:
            Tuple of the answer's value and the whole answer, a dict.

        Raises:
            StudentStopped: if no proper answer came in time.
            Exception: what was raised over there, or `CannotCross` if a value cannot go there.
        """
        self.check()
        keywords = keywords or {}
        packer = _ToStudent(self)
        message = {"do": action, **content}
        if arguments or keywords:
            with _what_is_ours("An argument"):
                message["arguments"] = packer.pack(list(arguments))
                message["keywords"] = packer.pack(keywords)
        back = self.undo is not None and action == "call"
        if back:
            message["back"] = True
        self.number += 1
        message["number"] = number = self.number
        message["drop"], self.dropped = self.dropped, []
        with self._in_flight():
            with _what_is_ours("An argument"):
                self.connection.send(message, packer.arrays, self.deadline)
            answer, unpacker = self._await(number)
            value, error = self._read(answer, unpacker, action in WITHOUT_VALUE)
            if back and error is None:
                changed = unpacker.unpack(answer.get("changed"))
                self._write_back([*arguments, *keywords.values()], changed)
        if isinstance(error, StopIteration | StopAsyncIteration) and action != "next":
            # From a function it would end the loop of a test without a word, and with it the test.
            error = RuntimeError(f"{type(error).__name__} was raised where nothing is iterated over")
        if error is not None:
            raise error
        return value, answer

    def check(self):
        """Raises what ended the conversation, if it is over.

        Raises:
            StudentStopped: with the state and the reason.
        """
        if self.state != "ok":
            raise StudentStopped(self.state, self.reason)

    @contextlib.contextmanager
    def changes_come_back(self):
        """Inside this context what a call changes in its arguments is changed here, too, and undone."""
        if self.undo is not None:
            yield
            return
        self.undo = []
        try:
            yield
        finally:
            undo, self.undo = self.undo, None
            for restore in reversed(undo):
                restore()

    def _write_back(self, arguments, changed):
        """Makes the changes that a call made in its copies of the arguments in the originals, too."""
        if type(changed) is not list or len(changed) != len(arguments):
            raise ValueError("no changed arguments")
        for before, after in zip(arguments, changed, strict=True):
            if isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
                if before.shape == after.shape and before.dtype == after.dtype and before.flags.writeable:
                    self.undo.append(functools.partial(np.copyto, before, before.copy()))
                    before[...] = after
            elif isinstance(before, tuple) and isinstance(after, tuple):
                self._write_back(before, list(after))
            elif (type(before), type(after)) == (list, list):
                self.undo.append(functools.partial(before.__setitem__, slice(None), list(before)))
                before[:] = after
            elif isinstance(before, dict) and isinstance(after, dict):
                self.undo += [functools.partial(dict.update, before, dict(before)), before.clear]
                dict.clear(before)
                dict.update(before, after)
            elif isinstance(before, set) and isinstance(after, set):
                self.undo += [functools.partial(before.update, set(before)), before.clear]
                before.clear()
                before.update(after)

    @contextlib.contextmanager
    def _in_flight(self):
        """Whatever happens between a question and its answer, but the answer, ends the conversation."""
        over = False
        try:
            yield
            over = True
        except CannotCross:  # before anything was sent
            over = True
            raise
        except TimedOut:
            self._stop("slow")
        except ConnectionEnded:
            self._stop("gone")
        except TooLarge as error:
            self._stop("broken", f"Your code sent a value that is too large: {error}.")
        except MemoryError:
            self._stop("broken", "What your code sent does not fit into memory.")
        except Exception as error:  # a forged message can be wrong in more ways than there are classes
            self._stop("broken", f"{REASONS['broken']} ({type(error).__name__}: {str(error)[:200]}).")
        finally:
            if not over:  # an alarm in the middle of a message
                self.end("slow")

    def _stop(self, state, reason=""):
        self.end(state, reason)
        raise StudentStopped(self.state, self.reason) from None

    def _await(self, number):
        """Waits for the answer to a request, and serves the calls that come before it."""
        while True:
            message, arrays = self.connection.receive(self.deadline)
            if type(message) is not dict:
                raise ValueError("no message")
            unpacker = _FromStudent(self, arrays)
            if "call" in message:
                self._serve(message, unpacker)
            elif message.get("to") == number:
                return message, unpacker
            else:
                raise ValueError("an answer that nobody asked for")

    def _read(self, answer, unpacker, without_value):
        """Returns an answer's value, or the exception that it tells of."""
        if self.outputs is not None and answer.get("outputs"):
            self.outputs.extend(answer["outputs"])
        error = answer.get("error")
        if error is None:
            return None if without_value else unpacker.unpack(answer.get("value")), None
        if type(error) is not dict:
            raise ValueError("no exception")
        if error.get("class") in ("SystemExit", "KeyboardInterrupt", "GeneratorExit"):
            self._stop("gone", f"The process with your code ended itself ({error['class']}).")
        ours = error.get("ours")
        if type(ours) is int and ours in self.raised:
            return None, self.raised[ours]
        if error.get("made") is not None and not without_value:
            return None, unpacker.exception(error)
        return None, student_errors.read(error)

    def _serve(self, message, unpacker):
        """Student code calls a function that a test passed to it."""
        number = message["call"]
        if type(number) is not int or number not in self.functions or self.nested >= MOST_NESTED:
            raise ValueError("a call of a function that was not passed")
        arguments = unpacker.unpack(message.get("arguments"))
        keywords = unpacker.unpack(message.get("keywords"))
        if type(arguments) is not list or type(keywords) is not dict or not all(map(is_name, keywords)):
            raise ValueError("no arguments")
        packer = _ToStudent(self)
        self.nested += 1
        try:
            value = self.functions[number](*arguments, **keywords)
            with _what_is_ours("What a function of the test returned"):
                answer = {"value": packer.pack(value)}
                self.connection.send({"answer": answer}, packer.arrays, self.deadline)
        except WireError:
            raise
        except Exception as error:  # goes through student code, as in one kernel, and comes back as it was
            self.raised = dict(list(self.raised.items())[-MOST_RAISED:])
            self.count_raised += 1
            self.raised[self.count_raised] = error
            answer = {"error": student_errors.describe(error) | {"ours": self.count_raised}}
            self.connection.send({"answer": answer}, (), self.deadline)
        finally:
            self.nested -= 1


@contextlib.contextmanager
def _what_is_ours(name):
    """A value of the test's that is too large, of which nothing was sent yet, is not laid to the answer."""
    try:
        yield
    except TooLarge as problem:
        raise CannotCross(f"{name} cannot go to the student's process: {problem}.") from None


class Far:
    """Where a proxy's object is.

    Args:
        link: `Link` to its process.
        number: int, its number there.
        label: str, its `__name__` there, or `""`.

    Attributes:
        seen: int, how often it has come here, so that it is let go only when nothing is under way.

    Raises:
        StudentLost: by `ask`, if the process was replaced since.
    """

    __slots__ = ("label", "link", "number", "seen")

    def __init__(self, link, number, label):
        self.link, self.number, self.label, self.seen = link, number, label, 1

    def ask(self, action, arguments=(), keywords=None, **content):
        """Asks the process for something that is done with the object.

        Args:
            action: str, what to do.
            arguments: values that go there, copied or by reference.
            keywords: dict of such values, or `None`.
            **content: plain entries of the message.

        Returns:
            The answer's value.

        Raises:
            StudentLost: if the process was replaced since.
            StudentStopped: if no proper answer came in time.
            Exception: what was raised over there, or `CannotCross` if a value cannot go there.
        """
        if self.link.replaced:
            raise StudentLost(self.ended())
        return self.link.request(action, arguments, keywords, object=self.number, **content)

    def ended(self):
        """Returns a sentence that says why the object cannot be reached."""
        return f"{self.label or 'An object'} was made by a process of your code that has ended since."


class _ToStudent(Packer):
    """Packs what a test passes to student code."""

    def __init__(self, link):
        super().__init__(link.limits.message_bytes)
        self.link = link

    def refer(self, value):
        kind = type(value)  # what a proxy claims to be does not count
        far = getattr(value, "student_far" if issubclass(kind, type) else "_far", None)
        if isinstance(far, Far):
            if far.link is not self.link:
                raise StudentLost(far.ended())
            return {"mine": far.number}
        if isinstance(value, np.random.Generator):
            return self._pack_generator(value)
        if isinstance(value, random.Random):
            state = self.pack(value.getstate())
            value.seed(value.getrandbits(128))
            return {"random": state}
        name = library_name(value)
        if name:
            return {"library": name}
        if callable(value) and not hasattr(value, "__array__"):
            known = (number for number, one in self.link.functions.items() if one is value)
            number = next(known, len(self.link.functions) + 1)
            self.link.functions[number] = value  # kept: an object may call much later what it was given
            return {"function": number, "name": str(getattr(value, "__name__", type(value).__name__))}
        if hasattr(value, "__array__"):
            array = np.asarray(value)
            if array.dtype.kind != "O":
                return self._pack_array(array, 1)
        raise CannotCross(
            f"A value of type {type(value).__name__} cannot go to the student's process: plain values, "
            "arrays, functions and the student's own objects can. Let coursepkg.checks.beside make it there."
        )

    def _pack_generator(self, value):
        """The student's copy goes on from here; ours jumps ahead, so that no number is drawn twice."""
        bits = value.bit_generator
        state = bits.state
        content = {"generator": type(bits).__name__, "state": self.pack(state)}
        if hasattr(bits, "jumped"):
            bits.state = bits.jumped().state
        return content


class _FromStudent(Unpacker):
    """Unpacks what student code returned."""

    def __init__(self, link, arrays):
        super().__init__(arrays)
        self.link = link

    def resolve(self, content):
        if "handle" in content:
            return self.link.make_handle(self.link, content)
        raise ValueError("no value")

    def exception(self, error):
        """An exception of a class that student code defines."""
        told = student_errors.read(error)
        kind = self.unpack(error["made"])
        if not isinstance(kind, type) or not issubclass(kind, student_errors.StudentError):
            raise ValueError("no exception")
        made = kind(error["message"])
        made.student_frames = told.student_frames
        made.student_object = self.unpack(error.get("object"))
        return made


def library_name(value):
    """Returns the dotted name under which any process can import a library's function or class.

    Args:
        value: any object.

    Returns:
        str such as `"keras.src.layers.rnn.rnn:RNN"`, or `""` if it has none.
    """
    name = getattr(value, "__qualname__", getattr(value, "__name__", None))
    module = getattr(value, "__module__", None) or ("numpy" if isinstance(value, np.ufunc) else None)
    if not isinstance(name, str) or not isinstance(module, str) or module.split(".")[0] not in LIBRARIES:
        return ""
    try:
        found = find_in_library(f"{module}:{name}")
    except (ImportError, AttributeError, ValueError):
        return ""
    return f"{module}:{name}" if found is value else ""


def find_in_library(name):
    """Returns what a dotted name of a library stands for.

    Args:
        name: str such as `"numpy:tanh"`.

    Returns:
        The function or class.

    Raises:
        ValueError: if the library is none of those that tests pass on.
        ImportError, AttributeError: if there is no such thing.
    """
    module, _, path = name.partition(":")
    if module.split(".")[0] not in LIBRARIES or not all(is_name(part) for part in path.split(".")):
        raise ValueError(f"{name} is no library function")
    return functools.reduce(getattr, path.split("."), importlib.import_module(module))
