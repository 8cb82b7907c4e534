"""Runs lines of Python inside a confined child and brings back what `result` is."""

import contextlib
import json
import textwrap

import psutil

PROBE = b"""
import contextlib
import json
import sys


def serve(channel):
    stream = channel.makefile("rw", encoding="utf-8")
    names = {}
    for line in stream:
        try:
            exec(json.loads(line), names)
            answer = {"result": names.get("result")}
        except BaseException as error:
            answer = {"error": type(error).__name__, "text": str(error)}
        try:
            text = json.dumps(answer)
        except TypeError:
            text = json.dumps({"result": repr(answer)})
        stream.write(text + chr(10))
        stream.flush()
"""


class Refused(Exception):
    """What the lines raised inside."""


class Inside:
    """A child that executes what it is told.

    Args:
        parent: `WarmParent`.
        files: dict of relative path to bytes.
        seconds: float, how long to wait for an answer.
    """

    def __init__(self, parent, files=None, seconds=60.0):
        self.child = parent.spawn("probe:serve", {"probe.py": PROBE, **(files or {})})
        self.child.channel.settimeout(seconds)
        self.stream = self.child.channel.makefile("rw", encoding="utf-8")
        self.everything = [psutil.Process(self.child.pid)]

    def send(self, source, **values):
        """Sends lines to be executed, with `values` as names, and does not wait."""
        given = "".join(f"{name} = {value!r}\n" for name, value in values.items())
        self.stream.write(json.dumps(given + textwrap.dedent(source)) + "\n")
        self.stream.flush()

    def answer(self):
        """Returns what `result` was, or raises `Refused` with the exception's name and text."""
        line = self.stream.readline()
        if not line:
            raise EOFError("the child ended")
        content = json.loads(line)
        if "error" in content:
            raise Refused(f"{content['error']}: {content['text']}")
        return content["result"]

    def run(self, source, **values):
        """Sends lines and returns the answer."""
        self.send(source, **values)
        return self.answer()

    def processes(self):
        """Every process in the child, as the machine sees them, also those seen by an earlier call."""
        with contextlib.suppress(psutil.NoSuchProcess):
            now = self.everything[0].children(recursive=True)
            self.everything += [process for process in now if process not in self.everything]
        return self.everything

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()


def still_there(processes):
    """Those processes that have not ended; one that nobody has waited for counts as there."""
    return [process.pid for process in processes if process.is_running()]
