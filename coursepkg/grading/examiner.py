"""The process that runs the tests: hidden cells, expected values and verdicts, and no student code."""

import ast
import asyncio
import contextlib
import dataclasses
import inspect
import math
import numbers
import os
import sys
import time

import numpy as np

from coursepkg.assignment.wording import INTERRUPTED, word_failure
from coursepkg.checks import boundary
from coursepkg.grading import proxies
from coursepkg.grading.alarm import TooSlow, alarm
from coursepkg.grading.capture import Outputs, Streams, clean
from coursepkg.grading.cell_names import EVERY, Names, Withheld, names_given_by, names_in_classes
from coursepkg.grading.limits import Limits
from coursepkg.grading.link import Link
from coursepkg.grading.packing import is_name
from coursepkg.grading.student_errors import StudentStopped
from coursepkg.grading.wire import Connection, WireError

MOST_MESSAGE = 1500
AGAIN, AGAIN_MORE = 2, 5.0  # a cell that is run anew may take twice a cell's time, and seconds more
GRACE = 0.5  # seconds between the end of a call's time and the end of the cell's


def serve(connected):
    """Does what a worker asks, until it says stop or goes away.

    Args:
        connected: `socket.socket` to the worker.
    """
    Examiner(connected).serve()


class Examiner:
    """Test cells, their namespace, and the line to the student's process.

    Args:
        connected: `socket.socket` to the worker.

    Raises:
        KeyError: by `find_name`, if nothing has that name.
    """

    def __init__(self, connected):
        self.limits = Limits()
        self.control = Connection(connected, self.limits)
        self.names = Names(self.find_name)
        self.names.update(display=self._display, get_ipython=_Magics)
        self.modules = frozenset(sys.modules)  # with which this process began
        self.passed_on = {}
        self.ours = set()  # names that cells which stopped with an error were to define
        self.link = None
        self.cells = []  # what a new student's process runs first: name, source
        self.broken = ""
        self.streams = Streams()
        self.outputs = None
        boundary.register(self.beside, self.changes_come_back)

    def serve(self):
        """Answers the worker until it says stop or goes away."""
        while True:
            try:
                message, _ = self.control.receive()
            except WireError:
                return
            action = message["do"]
            if action == "stop":
                return
            os.environ.pop("COURSEPKG_CHECK_SEED", None)  # hidden inputs are new in every grading
            if action == "limits":
                self.limits = Limits(**{key: value for key, value in message.items() if key != "do"})
                self.control.limit(self.limits)
                answer = {"ok": True}
            elif action == "modules":
                new = [name for name in sys.modules if name.isascii() and name not in self.modules]
                answer = {"modules": new}
            elif action == "student":
                answer = self.meet(self.control.receive_socket(), message.get("seconds"))
            elif action == "withhold":
                self.withhold(message)
                answer = {"ok": True}
            else:
                answer = self._run_guarded(message)
            self.control.send(answer)

    def meet(self, connected, seconds=None):
        """Takes a new student's process into use: it runs the cells that ran so far.

        A cell that took nearly all its time when it ran first may take a little more on a busier machine.

        Args:
            connected: `socket.socket` to it.
            seconds: float, the time for all these cells together, or `None` for that of each alone.

        Returns:
            Dict with `ok`, `seconds` and, if it failed, `reason`.
        """
        start = time.monotonic()
        if self.link is not None:
            self.link.end("gone")
            self.link.replaced = True
            lost = [name for name, value in self.names.items() if isinstance(value, proxies.Handle)]
            for name in lost:  # asked for anew: the new process may have it, too
                del self.names[name]
        self.link = link = Link(Connection(connected, self.limits), self.limits, proxies.make_handle)
        cell, each = None, AGAIN * self.limits.cell_seconds + AGAIN_MORE
        end = start + (len(self.cells) + 1) * each if seconds is None else start + seconds
        try:
            link.deadline = min(end, time.monotonic() + each)
            link.request("begin", limits=dataclasses.asdict(self.limits))
            for cell in list(self.cells):
                link.deadline = min(end, time.monotonic() + each)
                link.outputs = None
                with contextlib.suppress(Exception):  # as when it ran first
                    link.ask("run", name=cell[0], source=cell[1])
        except StudentStopped as error:
            if cell is not None and time.monotonic() < end:
                self.cells.remove(cell)  # it ended the process now: the next one goes without
            return {"ok": False, "reason": str(error), "seconds": time.monotonic() - start}
        return {"ok": True, "seconds": time.monotonic() - start}

    def _run_guarded(self, cell):
        """As `run_cell`; whatever an answer brought about that nobody thought of, a person looks at."""
        try:
            return self.run_cell(cell)
        except Exception as error:
            if cell["kind"] in ("test", "locked"):
                self.withhold(cell)
            status = "manual" if cell["kind"] == "test" else "error"
            message = (
                f"The grader could not take this cell ({type(error).__name__}). A person will look at it."
            )
            state = "gone" if self.link is None else self.link.state
            given = {"status": status, "earned": None, "message": message, "outputs": []}
            return given | {"student": state, "seconds": 0.0}

    def run_cell(self, cell):
        """Runs one cell where it belongs.

        Args:
            cell: dict with `kind`, `name`, `source`, `points` and `seconds`.

        Returns:
            Dict with `status`, `earned`, `message`, `outputs`, `student` and `seconds`.
        """
        start = time.monotonic()
        self.outputs = outputs = Outputs(self.limits.output_bytes)
        end = start + cell["seconds"]
        if cell["kind"] == "test":
            status, earned, message = self._run_test(cell, outputs, end)
        elif cell["kind"] == "locked":  # it runs twice, and the second time must have time left
            share = start + cell["seconds"] * 2 / 3
            status, earned, message = self._run_student_cell(cell, outputs, share)
            wrong = self._run_locked_cell(cell, outputs, end)
            if wrong and status == "passed":
                status, message = "error", wrong
        else:
            status, earned, message = self._run_student_cell(cell, outputs, end)
        if cell["kind"] != "test" and status != "passed":
            self.broken = f"Cell '{cell['name']}' stopped with {message}"
        return {
            "status": status,
            "earned": earned,
            "message": clean(message, MOST_MESSAGE),
            "outputs": outputs.finished(),
            "student": "gone" if self.link is None else self.link.state,
            "seconds": time.monotonic() - start,
        }

    def _run_student_cell(self, cell, outputs, deadline):
        """Has a cell run in the student's process; returns status, points and message."""
        link, entry = self.link, (cell["name"], cell["source"])
        if link is None:
            return "error", None, "There is no process for your code."
        if link.state != "ok":  # the next process runs it
            self.cells.append(entry)
            return "error", None, link.reason
        link.deadline, link.outputs = deadline, outputs
        try:
            _, answer = link.ask("run", name=cell["name"], source=cell["source"])
        except StudentStopped as error:  # a new process will go without this cell
            outputs.error("Stopped", str(error))
            return "error", None, str(error)
        except Exception as error:  # it could not even be run: student code broke IPython, or pretends so
            self.cells.append(entry)
            outputs.error(type(error).__name__, _text_of(error))
            return "error", None, f"{type(error).__name__}: {_text_of(error)}"
        self.cells.append(entry)
        failure = answer.get("failure")
        if failure is None:
            return "passed", None, ""
        parts = [failure.get(key) for key in ("class", "message")] if type(failure) is dict else []
        text = ": ".join(part for part in parts if type(part) is str and part)
        return "error", None, clean(text, MOST_MESSAGE) or "an error"

    def _run_locked_cell(self, cell, outputs, deadline):
        """Runs a locked cell here as well; returns what it raised, or `""`."""
        shown = Outputs(self.limits.output_bytes)  # what the student's process showed is what counts
        error, _ = self._execute(cell, shown, deadline)
        if error is None:
            return ""
        name, text = type(error).__name__, _text_of(error)
        message = text if isinstance(error, StudentStopped) else f"{name}: {text}"
        if not any(one["output_type"] == "error" for one in outputs.items):
            outputs.error(name, text)
        return message

    def _run_test(self, cell, outputs, deadline):
        """Runs a test cell here; returns status, points and message."""
        if self.link is None or self.link.state != "ok":
            self.withhold(cell)
            return "not run", 0.0, "There is no process for your code."
        error, value = self._execute(cell, outputs, deadline)
        points = float(cell["points"])
        if self.link.state != "ok":  # whatever the test made of it
            error = StudentStopped(self.link.state, self.link.reason)
            error.said = self.link.reason
        try:
            self._pass_on_names()
        except StudentStopped as problem:
            error = error or problem
        if self.names.missed:
            name, lost = next(iter(self.names.missed.items()))
            message = f"It needs '{name}' of the cell '{lost}', which the grader could not judge."
            return "manual", None, f"{message} A person will look at it."
        if error is None:
            if isinstance(value, numbers.Real) and not isinstance(value, bool):
                outputs.show({"text/plain": f"{value}"})
            return _grade(value, points)
        name, text, frames = type(error).__name__, _text_of(error), getattr(error, "student_frames", [])
        if isinstance(error, TooSlow) or (isinstance(error, StudentStopped) and error.state == "slow"):
            status, message = word_failure(INTERRUPTED, "", seconds=cell["seconds"])
            name = "TooSlow"
        elif isinstance(error, StudentStopped):
            status, message, name = "stopped", text, "Stopped"
        else:
            named = [frame for frame in frames if is_name(frame[1])]  # <module> and <lambda> say nothing
            where = f"{named[-1][1]} (line {named[-1][2]} of its cell)" if named else ""
            text = clean(text, MOST_MESSAGE)
            status, message = word_failure(name, text, where, self.broken, cell["seconds"])
        lines = [f"In cell {place[0]}, line {place[2]}, in {place[1]}" for place in frames]
        outputs.error(name, message.removeprefix(f"{name}: "), [*lines, message])
        return status, 0.0, message

    def _execute(self, cell, outputs, deadline):
        """Runs a cell's source here; returns what it raised, or `None`, and the value of its last line."""
        if self.link is not None:
            self.link.deadline, self.link.outputs = deadline, outputs
        self.outputs = outputs
        self.names.missed.clear()
        body = last = error = value = None
        try:
            with self.streams.into(outputs), alarm(deadline + GRACE) as rung:
                try:
                    body, last = _compile(cell["source"], f"<{cell['name']}>")
                    with self._names_of_classes(body):
                        _evaluate(body, self.names)
                        value = None if last is None else _evaluate(last, self.names)
                except BaseException as problem:
                    problem.said = str(problem)  # here, while there is time: it may show student's objects
                    raise
            if rung:
                error = TooSlow("the cell's time is over")
        except BaseException as problem:  # the tests' own process ends for no cell
            error = problem
        if body is None and not isinstance(error, SyntaxError):
            self.names.withhold({EVERY}, cell["name"])
        elif body is not None:
            self._keep_names(names_given_by(body, last), cell["name"], error)
        return error, value

    def _keep_names(self, given, name, error):
        """What a cell did not come to define must not be the student's to define."""
        if self.names.missed:  # it may have gone another way than it would have with all its names
            self.names.withhold(given, name)
        elif error is not None:
            self.ours |= given - {EVERY}
            self.names.withhold(given & {EVERY}, name)

    def withhold(self, cell):
        """What a cell was to define that is not run here is nobody's: who uses it is judged by a person.

        Args:
            cell: dict with `name` and `source`.
        """
        given = {EVERY}
        with contextlib.suppress(Exception):
            given = names_given_by(*_compile(cell["source"], f"<{cell['name']}>"))
        self.names.withhold(given, cell["name"])

    @contextlib.contextmanager
    def _names_of_classes(self, code):
        """Student's names that stand in the body of a class, where Python asks no `__missing__` for them."""
        found = {}
        for name in names_in_classes(code):
            withheld = self.names.withheld_by(name) is not None
            defined = withheld and name in names_given_by(code)  # by this cell, before it comes to the class
            if name not in self.names and not defined:
                with contextlib.suppress(KeyError, Withheld):
                    found[name] = self.names[name] = self.names[name]
        try:
            yield
        finally:
            for name, value in found.items():
                if self.names.get(name) is value:
                    del self.names[name]

    def _pass_on_names(self):
        """Names that a test gave to student's objects are known to the cells that follow it."""
        for name, value in list(self.names.items()):
            if isinstance(value, proxies.Handle) and self.passed_on.get(name) is not value and is_name(name):
                self.passed_on[name] = value
                with contextlib.suppress(Exception):  # which is no fault of the test's
                    self.link.request("set name", [value], name=name)

    def find_name(self, name):
        """Returns what a name stands for in the student's process.

        Args:
            name: str.

        Returns:
            A copy or a proxy.

        Raises:
            KeyError: if nothing has that name, so that Python raises its own `NameError`.
        """
        if self.link is None or name in self.ours or (name.startswith("__") and name.endswith("__")):
            raise KeyError(name)
        found = self.link.request("name", name=name)
        if type(found) is not dict or "found" not in found:
            raise KeyError(name)
        return found["found"]

    def beside(self, function):
        """Does here what `coursepkg.checks.beside` is for: the call is made in the student's process.

        Args:
            function: callable of a library, or a student's own.

        Returns:
            A callable with the same arguments.
        """
        return proxies.beside(self.link, function)

    @contextlib.contextmanager
    def changes_come_back(self):
        """What a call changes in its arguments over there is changed here, too."""
        with contextlib.nullcontext() if self.link is None else self.link.changes_come_back():
            yield

    def _display(self, *values, **_):
        for value in values:
            self.outputs.show({"text/plain": repr(value)})


class _Magics:
    """Stands for IPython here, where magics such as `%matplotlib inline` have nothing to do."""

    def __getattr__(self, name):
        return lambda *arguments, **keywords: None


def _compile(source, name):
    """A cell as code, its last line apart where that is an expression, whose value may be points."""
    if any(line.lstrip().startswith(("%", "!")) for line in source.splitlines()):
        from IPython.core.inputtransformer2 import TransformerManager

        source = TransformerManager().transform_cell(source)
    tree, last = ast.parse(source, name), None
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = compile(ast.Expression(tree.body.pop().value), name, "eval", flags, dont_inherit=True)
    return compile(tree, name, "exec", flags, dont_inherit=True), last


def _evaluate(code, names):
    value = eval(code, names)
    if code.co_flags & inspect.CO_COROUTINE:
        return asyncio.run(value)
    return value


def _grade(value, points):
    """What a test cell earns that raised nothing: all, or what its last line says."""
    if not isinstance(value, numbers.Real | np.bool_):
        return "passed", points, ""
    try:
        earned = math.nan if isinstance(value, bool | np.bool_) else float(value)
    except OverflowError:
        earned = math.inf
    if not 0 <= earned <= points:
        shown = repr(value)[:100]
        return "manual", None, f"The test gave {shown}, expected 0 to {points:g} points. A person decides."
    if earned == points:
        return "passed", points, ""
    return "partial" if earned else "failed", earned, f"The test gave {earned:g} of {points:g} points."


def _text_of(error):
    return getattr(error, "said", "")
