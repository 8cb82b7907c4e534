"""A student's process and an examiner, forked from this one without confinement, to test what they say."""

import os
import signal
import traceback

from coursepkg.grading import examiner, student
from coursepkg.grading.control import Examination, pair
from coursepkg.grading.limits import Limits


class Child:
    """A forked process that serves one end of a socket pair.

    Args:
        serve: function of a socket, what the process does.
    """

    def __init__(self, serve):
        self.socket, theirs = pair()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                self.socket.close()
                serve(theirs)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        theirs.close()

    def end(self):
        """Ends the process and waits until it is gone."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0


class Pair:
    """An examination with its two processes.

    Args:
        limits: `Limits`.
        serve: what the student's process does.
    """

    def __init__(self, limits=None, serve=student.serve):
        self.examiner = Child(examiner.serve)
        self.examination = Examination(self.examiner.socket, limits or Limits())
        self.student = None
        self.restart(serve)

    def restart(self, serve=student.serve):
        """Gives the examiner another student's process."""
        if self.student is not None:
            self.student.end()
        self.student = Child(serve)
        self.met = self.examination.meet(self.student.socket)
        return self.met

    def run(self, kind, source, name="", points=1.0, seconds=None):
        """Runs a cell."""
        return self.examination.run(kind, name or kind, source, points, seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.student.end()
        self.examiner.end()
