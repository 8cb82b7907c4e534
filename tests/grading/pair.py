"""A student's process and an examiner without confinement, forked from one warm process.

The warm process is a fresh Python, so that nothing that other tests imported or started is forked along. Run
as a program this file is that process: `python pair.py DESCRIPTOR MODULE...`.
"""

import contextlib
import importlib
import os
import signal
import socket
import subprocess
import sys
import traceback
from pathlib import Path

STUDENT, EXAMINER = "coursepkg.grading.student:serve", "coursepkg.grading.examiner:serve"
IMPORTS = (
    "numpy",
    "IPython.core.interactiveshell",
    "coursepkg.checks.behaviour",
    "coursepkg.checks.gradients",
    "coursepkg.checks.terms",
    "coursepkg.grading.cells",
    "coursepkg.grading.student",
    "coursepkg.grading.examiner",
)


class Warm:
    """A process that has imported what its children need.

    Args:
        *imports: names of further modules to import.
    """

    def __init__(self, *imports):
        self.socket, theirs = socket.socketpair()
        environment = os.environ | {
            "OMP_NUM_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "CUDA_VISIBLE_DEVICES": "-1",
            "MPLBACKEND": "agg",
        }
        environment.pop("COURSEPKG_CHECK_SEED", None)
        command = [sys.executable, __file__, str(theirs.fileno()), *IMPORTS, *imports]
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment)
        theirs.close()

    def spawn(self, role):
        """Forks a process.

        Args:
            role: str, `"module:function"`; the function is called with the other end of a socket pair.

        Returns:
            A `Child`.
        """
        ours, theirs = socket.socketpair()
        socket.send_fds(self.socket, [role.encode()], [theirs.fileno()])
        theirs.close()
        return Child(ours, int(self.socket.recv(100)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.wait(20)


class Child:
    """A forked process and our end of its socket."""

    def __init__(self, connected, pid):
        self.socket, self.pid = connected, pid

    def end(self):
        """Ends the process."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):  # it ended itself
                os.kill(self.pid, signal.SIGKILL)
            self.pid = 0
            self.socket.close()


class Pair:
    """An examination with its two processes.

    Args:
        warm: `Warm`.
        limits: `Limits` or `None`.
        role: str, what the student's process does.
    """

    def __init__(self, warm, limits=None, role=STUDENT):
        from control import Examination

        self.warm = warm
        self.student = None
        self.examiner = warm.spawn(EXAMINER)
        self.examination = Examination(self.examiner.socket, limits)
        self.restart(role)

    def restart(self, role=STUDENT):
        """Gives the examiner another student's process."""
        if self.student is not None:
            self.student.end()
        self.student = self.warm.spawn(role)
        self.met = self.examination.meet(self.student.socket)
        return self.met

    def run(self, kind, source, name="", points=1.0, seconds=60):
        """Runs a cell."""
        return self.examination.run(kind, name or kind, source, points, seconds)

    def student_runs(self, source, kind="solution"):
        """Runs a cell of the student's, which must not fail; returns its outputs."""
        answer = self.run(kind, source)
        assert answer["status"] == "passed", answer
        return answer["outputs"]

    def test(self, source, points=1.0, seconds=60):
        """Runs a test cell."""
        return self.run("test", source, points=points, seconds=seconds)

    def passes(self, source):
        """Runs a test cell that must pass."""
        answer = self.test(source)
        assert (answer["status"], answer["earned"]) == ("passed", 1.0), answer
        return answer["outputs"]

    def fails(self, source, seconds=60):
        """Runs a test cell that must not pass; returns its status and message."""
        answer = self.test(source, seconds=seconds)
        assert answer["earned"] == 0.0, answer
        return answer["status"], answer["message"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.student.end()
        self.examiner.end()


def printed(outputs, name="stdout"):
    """The text of a stream among outputs."""
    return "".join(one["text"] for one in outputs if one.get("name") == name)


def main(descriptor, *imports):
    """Imports modules, then forks a process for every role that comes."""
    sys.path.insert(0, str(Path(__file__).parent))
    for name in imports:
        importlib.import_module(name)
    requests = socket.socket(fileno=int(descriptor))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are waited for by nobody
    while True:
        role, descriptors, _, _ = socket.recv_fds(requests, 1000, 1)
        if not role:
            return
        pid = os.fork()
        if pid:
            os.close(descriptors[0])
            requests.send(str(pid).encode())
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        code = 1
        try:
            requests.close()
            module, _, function = role.decode().partition(":")
            getattr(importlib.import_module(module), function)(socket.socket(fileno=descriptors[0]))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
