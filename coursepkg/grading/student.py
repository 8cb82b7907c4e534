"""The process that holds a student's code: it runs cells, keeps objects and answers calls, and knows no test.

Whatever it says is judged elsewhere: student code can change anything in this process.
"""

import builtins
import inspect
import os
import random
import sys
import types

import numpy as np

from coursepkg.grading import student_errors
from coursepkg.grading.capture import Outputs, Streams
from coursepkg.grading.limits import Limits
from coursepkg.grading.link import find_in_library
from coursepkg.grading.packing import CannotCross, Packer, Unpacker
from coursepkg.grading.wire import Connection, TooLarge, WireError

MOST_TEXT = 2000
PARENTS = 5
_MISSING = object()


def serve(connected):
    """Answers an examiner until it goes away.

    Args:
        connected: `socket.socket` to the examiner.
    """
    Student(connected).serve()


class Student:
    """The objects of a student's code and those who ask for them.

    Args:
        connected: `socket.socket` to the examiner.

    Raises:
        WireError: by `answer` and `call_back`, when the examiner has gone.
        CalledBack: by `call_back`, if the examiner's function raised something.
    """

    def __init__(self, connected):
        self.limits = Limits()
        self.connection = Connection(connected, self.limits)
        self.objects = Objects()
        self.streams = Streams()
        self.outputs = None
        self.shell = None

    def serve(self):
        """Answers requests, one after the other, until the connection ends."""
        while True:
            try:
                message, arrays = self.connection.receive()
                self.answer(message, arrays)
            except WireError:
                return

    def answer(self, message, arrays):
        """Does what a request asks and sends what came of it.

        Args:
            message: dict, the request.
            arrays: list of arrays that came with it.
        """
        outer = self.outputs
        outputs = Outputs(self.limits.output_bytes) if outer is None else outer
        packer, content = _FromHere(self), {}
        self.objects.drop(message.get("drop", ()))
        try:
            with self.streams.into(outputs):
                self.outputs = outputs
                content = self._act(message, arrays, packer)
                self._show_figures()
        except WireError:
            raise
        except BaseException as error:
            packer = _FromHere(self)
            content = {"error": self.describe(error, packer)}
        finally:
            self.outputs = outer
        content["to"] = message["number"]
        if outer is None:
            content["outputs"] = outputs.finished()
        try:
            self.connection.send(content, packer.arrays)
        except TooLarge as error:
            failure = CannotCross(f"The result cannot be handed over: {error}.")
            content["error"] = student_errors.describe(failure)
            self.connection.send({key: content[key] for key in ("to", "error", "outputs") if key in content})

    def _act(self, message, arrays, packer):
        action = message["do"]
        if action == "begin":
            self.limits = Limits(**message["limits"])
            self.connection.limit(self.limits)
            self.shell = _new_shell(self)
            return {"value": None}
        if action == "run":
            return {"value": None, "failure": self._run(message["source"], message["name"])}
        unpacker = _FromExaminer(self, arrays)
        arguments = unpacker.unpack(message.get("arguments", []))
        keywords = unpacker.unpack(message.get("keywords", {"dict": []}))
        value = getattr(self, f"_do_{action.replace(' ', '_')}")(message, *arguments, **keywords)
        content = {}
        try:
            content["value"] = packer.pack(value)
            if message.get("back"):
                content["changed"] = packer.pack([*arguments, *keywords.values()])
        except (TooLarge, CannotCross) as error:
            raise CannotCross(f"The result cannot be handed over: {error}.") from None
        return content

    def _run(self, source, name):
        """Runs a cell; returns how it failed, or `None`."""
        self.shell.cell_name = name
        result = self.shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        return None if error is None else self.describe(error, _FromHere(self))

    def describe(self, error, packer):
        """Describes an exception, with its own class where student code defines it.

        Args:
            error: the exception.
            packer: `Packer` of the message that the description goes into.

        Returns:
            Dict as `student_errors.describe` returns it, and references to what student code defines.
        """
        described = student_errors.describe(error, self.frames(error))
        if isinstance(error, CalledBack):
            described["ours"] = error.number
        elif isinstance(error, Exception) and type(error).__module__ == "__main__":
            described["made"] = packer.refer(type(error))
            described["object"] = packer.refer(error)
        return described

    def frames(self, error):
        """Finds where in the student's cells an exception came up.

        Args:
            error: the exception.

        Returns:
            List of `[cell, function, line]`, the innermost last.
        """
        found, trace, names = [], error.__traceback__, getattr(self.shell, "cell_names", {})
        while trace is not None and len(found) < 1000:
            code = trace.tb_frame.f_code
            if code.co_filename in names:
                found.append([names[code.co_filename], code.co_name, trace.tb_lineno])
            trace = trace.tb_next
        return found

    def call_back(self, number, arguments, keywords):
        """Calls a function that the examiner passed, and answers what it asks meanwhile.

        Args:
            number: int, by which the examiner knows the function.
            arguments: its positional arguments.
            keywords: dict of its keyword arguments.

        Returns:
            What the function returned.

        Raises:
            CalledBack: if it raised something.
        """
        packer = _FromHere(self)
        content = {
            "call": number,
            "arguments": packer.pack(list(arguments)),
            "keywords": packer.pack(keywords),
        }
        self.connection.send(content, packer.arrays)
        while True:
            message, arrays = self.connection.receive()
            if "answer" not in message:
                self.answer(message, arrays)
                continue
            answer = message["answer"]
            if "error" in answer:
                raise CalledBack.of(answer["error"])
            return _FromExaminer(self, arrays).unpack(answer["value"])

    def _show_figures(self):
        inline = sys.modules.get("matplotlib_inline.backend_inline")
        pyplot = sys.modules.get("matplotlib.pyplot")
        if inline is not None and pyplot is not None and pyplot.get_fignums():
            inline.flush_figures()

    def _do_name(self, message):
        name, names = message["name"], self.shell.user_ns
        if name not in names or names[name] is self.shell.user_ns_hidden.get(name, _MISSING):
            return {"missing": True}
        return {"found": names[name]}

    def _do_set_name(self, message, value):
        self.shell.user_ns[message["name"]] = value

    def _do_call(self, message, *arguments, **keywords):
        return self.objects[message](*arguments, **keywords)

    def _do_library(self, message, *arguments, **keywords):
        return find_in_library(message["name"])(*arguments, **keywords)

    def _do_attribute(self, message):
        return getattr(self.objects[message], message["name"])

    def _do_set_attribute(self, message, value):
        setattr(self.objects[message], message["name"], value)

    def _do_delete_attribute(self, message):
        delattr(self.objects[message], message["name"])

    def _do_names(self, message):
        return [name for name in dir(self.objects[message]) if type(name) is str]

    def _do_text(self, message):
        return str((repr if message["how"] == "repr" else str)(self.objects[message]))[:MOST_TEXT]

    def _do_length(self, message):
        return len(self.objects[message])

    def _do_iterate(self, message):
        return AsHandle(iter(self.objects[message]))

    def _do_next(self, message):
        return next(self.objects[message])

    def _do_contains(self, message, value):
        return value in self.objects[message]

    def _do_item(self, message, key):
        return self.objects[message][key]

    def _do_set_item(self, message, key, value):
        self.objects[message][key] = value

    def _do_delete_item(self, message, key):
        del self.objects[message][key]

    def _do_enter(self, message):
        return self.objects[message].__enter__()

    def _do_exit(self, message, raised):
        kind = error = None
        if raised is not None:
            kind = getattr(builtins, raised[0], Exception)
            kind = kind if isinstance(kind, type) and issubclass(kind, Exception) else Exception
            error = kind(raised[1])
        return bool(self.objects[message].__exit__(kind, error, None))

    def _do_array(self, message):
        return np.asarray(self.objects[message])

    def _do_truth(self, message):
        return bool(self.objects[message])

    def _do_float(self, message):
        return float(self.objects[message])

    def _do_int(self, message):
        return int(self.objects[message])

    def _do_index(self, message):
        return self.objects[message].__index__()

    def _do_is_instance(self, message, value):
        return isinstance(value, self.objects[message])

    def _do_is_subclass(self, message, value):
        return issubclass(value, self.objects[message])

    def _do_signature(self, message):
        described = []
        for parameter in inspect.signature(self.objects[message]).parameters.values():
            default = [] if parameter.default is inspect.Parameter.empty else [parameter.default]
            described.append([parameter.name, parameter.kind.name, *default])
        return described


class CalledBack(Exception):
    """What a function of a test raised, on its way through student code back to that test."""

    @classmethod
    def of(cls, content):
        """Makes one that student code can catch by the class it knows.

        Args:
            content: dict as `student_errors.describe` returns it, with the examiner's number of it.

        Returns:
            `CalledBack`, of a subclass of the built-in or NumPy exception where there is one.
        """
        base = next((student_errors.SAFE[name] for name in content["bases"]), Exception)
        kind = types.new_class(content["class"], (cls,) if base is Exception else (cls, base))
        error = kind(content["message"])
        error.number = content["ours"]
        return error


class AsHandle:
    """Marks a value that is not to be copied.

    Args:
        value: any object.
    """

    def __init__(self, value):
        self.value = value


class Objects:
    """What the examiner knows by number; kept until every mention of the number has been given back."""

    def __init__(self):
        self.known = {}
        self.numbers = {}
        self.last = 0

    def __getitem__(self, message):
        return self.known[message["object"]][0]

    def number(self, value):
        """Numbers an object and counts the mention.

        Args:
            value: any object.

        Returns:
            int, the same one each time.
        """
        number = self.numbers.get(id(value))
        if number is None:
            self.last += 1
            number = self.numbers[id(value)] = self.last
            self.known[number] = [value, 0]
        self.known[number][1] += 1
        return number

    def drop(self, numbers):
        """Forgets objects of which every mention was given back.

        Args:
            numbers: list of pairs of a number and how often the examiner had seen it.
        """
        for number, seen in numbers:
            entry = self.known.get(number)
            if entry is not None:
                entry[1] -= seen
                if entry[1] <= 0:
                    del self.known[number], self.numbers[id(entry[0])]


class _FromHere(Packer):
    """Packs what goes to the examiner."""

    def __init__(self, student):
        super().__init__(student.limits.message_bytes)
        self.student = student

    def refer(self, value):
        if isinstance(value, AsHandle):
            value = value.value
        described = {"handle": self.student.objects.number(value), **_describe_kind(type(value))}
        described["name"] = _label(value)
        if isinstance(value, type):
            described["can"] = [*described["can"], "class"]
            if issubclass(value, Exception):
                parents = [one for one in value.__bases__ if one.__module__ == "__main__"][:PARENTS]
                described["exception"] = {
                    "bases": student_errors.base_names(value),
                    "parents": [self.refer(one) for one in parents],
                }
            else:
                described["claims"] = [*_claims(value), "builtins:type"]
        return described


def _label(value):
    try:
        name = value.__name__
    except BaseException:
        return ""
    return str.__str__(name)[:200] if isinstance(name, str) else ""


_KINDS = {}
_ABILITIES = {
    "length": "__len__",
    "iterate": "__iter__",
    "next": "__next__",
    "contains": "__contains__",
    "item": "__getitem__",
    "set item": "__setitem__",
    "delete item": "__delitem__",
    "enter": "__enter__",
    "truth": "__bool__",
    "float": "__float__",
    "int": "__int__",
    "index": "__index__",
    "array": "__array__",
    "call": "__call__",
}


def _describe_kind(kind):
    if kind not in _KINDS:
        can = [ability for ability, name in _ABILITIES.items() if _has(kind, name)]
        _KINDS[kind] = {"type": kind.__name__[:100], "can": can, "claims": _claims(kind)}
    return dict(_KINDS[kind])


def _has(kind, name):
    """Whether objects of a class have a method: in the class, where Python looks for it, not in its own."""
    return next((vars(one)[name] for one in kind.__mro__ if name in vars(one)), None) is not None


def _claims(kind):
    return [
        f"{one.__module__}:{one.__qualname__}" for one in kind.__mro__[:-1] if one.__module__ != "__main__"
    ][:40]


class _FromExaminer(Unpacker):
    """Unpacks what comes from the examiner."""

    def __init__(self, student, arrays):
        super().__init__(arrays)
        self.student = student

    def resolve(self, content):
        if "mine" in content:
            return self.student.objects.known[content["mine"]][0]
        if "library" in content:
            return find_in_library(content["library"])
        if "generator" in content:
            bits = getattr(np.random, content["generator"])()
            bits.state = self.unpack(content["state"])
            return np.random.Generator(bits)
        if "random" in content:
            made = random.Random()
            made.setstate(self.unpack(content["random"]))
            return made
        if "function" in content:
            return _callback(self.student, content["function"], content["name"])
        raise ValueError("no value")


def _callback(student, number, name):
    def function(*arguments, **keywords):
        return student.call_back(number, arguments, keywords)

    function.__name__ = function.__qualname__ = name
    return function


def _new_shell(student):
    """An IPython shell without history and threads, whose displays and figures become outputs."""
    from coursepkg.grading.cells import make_shell

    shell = make_shell(student)
    backend = os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    if "matplotlib" in sys.modules:  # it was imported before this process was forked
        sys.modules["matplotlib"].use(backend)
        sys.modules["matplotlib"].interactive(True)  # a figure is shown without being asked to
    if "matplotlib_inline.backend_inline" in sys.modules:
        sys.modules["matplotlib_inline.backend_inline"].configure_inline_support(shell, backend)
    return shell
