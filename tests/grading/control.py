"""The worker's end of the line to an examiner, for tests that need no whole sitting."""

import dataclasses
import socket

from coursepkg.grading.limits import Limits
from coursepkg.grading.wire import Connection


class Examination:
    """What a worker tells an examiner, as method calls.

    Args:
        connected: `socket.socket` to the examiner.
        limits: `coursepkg.grading.Limits`, for student and examiner.
    """

    def __init__(self, connected, limits=None):
        self.limits = limits or Limits()
        self.connection = Connection(connected, self.limits)
        self._ask({"do": "limits", **dataclasses.asdict(self.limits)})

    def meet(self, student, deadline=None):
        """Hands over the line to a new student's process, which first runs the cells so far.

        Args:
            student: `socket.socket` to the student's process; it is closed here afterwards.
            deadline: `time.monotonic()` at which to give up on the examiner, or `None`.

        Returns:
            Dict with `ok`, `seconds` and, if it failed, `reason`.
        """
        self.connection.send({"do": "student"}, deadline=deadline)
        self.connection.send_socket(student)
        student.close()
        return self.connection.receive(deadline)[0]

    def run(self, kind, name, source, points=0.0, seconds=None, deadline=None):
        """Has a cell run.

        Args:
            kind: `"locked"`, `"solution"`, `"code"` or `"test"`.
            name: str, its grade_id, or `"cell 7"`.
            source: str.
            points: float, what a test cell is worth.
            seconds: float, the cell's time; `None` for that of the limits.
            deadline: `time.monotonic()` at which to give up on the examiner, or `None`.

        Returns:
            Dict with `status`, `earned`, `message`, `outputs`, `student` and `seconds`. Where `student` is
            not `"ok"` the student's process is of no use any more: end it and `meet` another one.
        """
        cell = {"do": "cell", "kind": kind, "name": name, "source": source, "points": float(points)}
        return self._ask(cell | {"seconds": float(seconds or self.limits.cell_seconds)}, deadline)

    def stop(self):
        """Lets the examiner end."""
        self.connection.send({"do": "stop"})
        self.connection.close()

    def _ask(self, message, deadline=None):
        self.connection.send(message, deadline=deadline)
        return self.connection.receive(deadline)[0]


def pair():
    """Connects two processes.

    Returns:
        Tuple of two connected stream sockets, one for each process.
    """
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
