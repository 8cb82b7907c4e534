"""The worker's side of the confinement: starts the warm parent and has children forked from it."""

import contextlib
import importlib.util
import json
import os
import platform
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import weakref
from dataclasses import asdict
from pathlib import Path, PurePosixPath

from coursepkg.grading.bubblewrap import NOBODY, below_tmp, confinement, first_on_path, why_not_confined
from coursepkg.grading.child import SPAWN_SECONDS, Child
from coursepkg.grading.limits import Limits
from coursepkg.grading.warm import MESSAGE_BYTES, THREADS

DEFAULT_IMPORTS = (
    "numpy",
    "keras",
    "matplotlib.pyplot",
    "IPython.core.interactiveshell",
    "IPython.core.completer",  # these the first shell of a process would import
    "IPython.core.completerlib",
    "IPython.core.application",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "matplotlib_inline.backend_inline",
    "coursepkg.checks.behaviour",
    "coursepkg.checks.gradients",
    "coursepkg.checks.terms",
    "coursepkg.plotting",
    "coursepkg.grading.cells",
    "coursepkg.grading.student",
    "coursepkg.grading.examiner",
)
START_SECONDS = 300.0  # importing TensorFlow from a slow network disk
ATTEMPTS = 3
MOST_MODULES = 5000
MODULES_AT_ONCE = 500  # their names fit into one message
START = (
    "import sys; sys.path[:0] = sys.argv[3:]; from coursepkg.grading.warm import main; main(sys.argv[1:3])"
)


class CannotStart(RuntimeError):
    """The warm parent did not start; the message says why."""


def _clean_environment(extra):
    """What the warm parent and so every child has as its environment, and nothing of this process's own."""
    environment = {
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), "/usr/local/bin", "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "HOME": "/tmp/home",
        "USER": "student",
        "LOGNAME": "student",
        "TMPDIR": "/tmp",
        "KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "tensorflow"),
        "KERAS_HOME": "/tmp/home/.keras",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # By itself TensorFlow starts as many as there are processors. A worker has one, and idle threads that
        # wait for work take time from the other workers' children.
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_ENABLE_ONEDNN_OPTS": "0",  # the same numbers on every processor
        # By itself TensorFlow generates machine code for the first matrix product of a process. That takes as
        # long as several hundred of homework's products, and makes large ones up to a fifth faster.
        "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL": "0",
    }
    if "TZ" in os.environ:
        environment["TZ"] = os.environ["TZ"]
    return environment | {name: str(value) for name, value in (extra or {}).items()}


def _processes_besides():
    """How many processes and threads the user runs already, where the kernel counts them against a child."""
    if tuple(map(int, platform.release().split("-")[0].split(".")[:2])) >= (5, 14):
        return 0
    user = NOBODY if os.getuid() == 0 else os.getuid()
    count = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == user:
                count += len(os.listdir(folder / "task"))
    return count


class WarmParent:
    """A process that has imported what submissions need and forks a confined child whenever asked.

    It starts when the first child is wanted, and again after it was killed. A context manager, for one
    thread: bubblewrap ends with the thread that started it.

    Args:
        limits: `Limits` of every child.
        imports: sequence of str, modules to import once.
        confined: bool. `False` runs children with resource limits only, able to read and write what the
            worker can: for machines whose owner accepts that.
        environment: dict, more variables for the children's environment.
        log: path of a file that gets what the warm parent and its children write to stderr, for debugging.
        readable: sequence of paths that children may read as well.
        twin: socket to a warm parent that another one's `twin` returned, to be used until it ends; or `None`.

    Raises:
        CannotStart: by `spawn`, if no child can be started on this machine.
    """

    def __init__(
        self,
        limits=None,
        imports=DEFAULT_IMPORTS,
        confined=True,
        environment=None,
        log=None,
        readable=(),
        twin=None,
    ):
        self.limits = limits or Limits()
        self.imports = tuple(imports)
        self.confined = confined
        self.environment = dict(environment or {})
        self.log = log
        self.readable = tuple(map(str, readable))
        self._also, self._refused = [], []
        self._offered = twin
        self._process = None
        self._starts = 0
        self._control = None
        self._output = None
        self._folder = None
        self._requests = 0
        self._children = weakref.WeakSet()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def spawn(self, role, files=None):
        """Forks a child.

        Args:
            role: str, `"student"`, `"examiner"` or `"module:function"`. The function gets the child's end of
                the channel; its module may be one of `files`. The child ends when it returns.
            files: dict of relative path to bytes, what the child finds in its working folder.

        Returns:
            A `Child`.

        Raises:
            CannotStart: if the warm parent or the child cannot start; a `RuntimeError` that says why.
            ValueError: if a path leads out of the working folder, or the files are larger than
                `limits.disk_bytes`.
        """
        files = _checked_files(files or {}, self.limits)
        if reason := self.limits.why_too_little():
            raise CannotStart(reason)
        for _ in range(ATTEMPTS):
            if self._process is None or self._process.poll() is not None:
                self._start()
            try:
                return self._fork(role, files)
            except (ConnectionError, BrokenPipeError, TimeoutError) as error:
                reason = error  # the warm parent was killed, or no longer answers
                self._stop()
        raise CannotStart(f"The warm parent ended {ATTEMPTS} times while it started a child: {reason}")

    def preload(self, modules):
        """Imports more modules, so that children need not: what an assignment's set-up turned out to need.

        A module that cannot be imported, or that starts threads, which makes forking unsafe, is left to the
        children.

        Args:
            modules: list of str, names of modules in the order in which they were imported.
        """
        known = {*self._also, *self._refused}
        modules = [name for name in modules if name not in known][:MOST_MODULES]
        if not modules or not self._running():
            return
        self._requests = number = self._requests + 1
        try:
            for start in range(0, len(modules), MODULES_AT_ONCE):
                request = {"number": number, "also": modules[start : start + MODULES_AT_ONCE]}
                self._control.settimeout(START_SECONDS)
                self._control.send(json.dumps(request).encode())
                threads = self._answer(number)["threads"]
        except OSError:  # it was killed, and starts again with the next child
            threads = THREADS
        finally:
            self._control.settimeout(SPAWN_SECONDS)
        if threads > THREADS:
            self._refused += modules
            self._stop()  # with what its children are at: the worker takes that submission once more
        else:
            self._also += modules

    def begin(self):
        """Starts it without waiting for its imports; a machine where it cannot start says so in `spawn`."""
        with contextlib.suppress(CannotStart, OSError):
            self._begin()

    def twin(self):
        """Has the warm parent fork another one, for another process to use, as soon as its imports are done.

        What has been imported is then in memory once, and nobody imports it a second time. Twins end with the
        warm parent that they come from.

        Returns:
            A socket for `WarmParent(twin=...)`, or `None` where the warm parent does not run.
        """
        if self._process is None or self._process.poll() is not None:
            return None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            try:
                socket.send_fds(self._control, [json.dumps({"twin": True}).encode()], [theirs.fileno()])
            except OSError:  # it has just ended
                ours.close()
                return None
        return ours

    @property
    def deaths(self):
        """int, how often it has ended under its children; what became of them then says nothing."""
        return self._starts - self._running()

    def _running(self):
        if self._process is None or self._process.poll() is not None:
            return False
        # It closes its end of the socket before its children can end. (A socket with a timeout waits for
        # something to read even where `MSG_DONTWAIT` is asked for.)
        readable, _, _ = select.select([self._control], [], [], 0)
        if not readable:
            return True
        try:
            return bool(self._control.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def close(self):
        """Ends the warm parent and every child that it forked."""
        for child in list(self._children):
            child.kill()
        self._stop()

    def _start(self):
        if not self._adopt():
            self._begin()
            self._wait_until_ready()
        self._control.settimeout(SPAWN_SECONDS)
        self._starts += 1

    def _adopt(self):
        """Takes over the twin that was offered, once; returns whether it is there."""
        offered, self._offered = self._offered, None
        if offered is None:
            return False
        offered.settimeout(START_SECONDS)
        with contextlib.suppress(OSError, CannotStart):
            _, pid, descriptor = _signed(offered)
            self._process, self._control = _Twin(pid, descriptor), offered
            return True
        offered.close()
        return False

    def _begin(self):
        self._stop()
        if self.confined and (reason := why_not_confined()):
            raise CannotStart(reason)
        self._output = open(self.log, "ab") if self.log else tempfile.TemporaryFile()  # noqa: SIM115
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, confinement(self.readable) if self.confined else _no_confinement() as (command, passed):
            setting = {
                "imports": self.imports,
                "also": self._also,
                "confined": self.confined,
                "user": NOBODY,
                "group": NOBODY,
                "readable": below_tmp(self.readable) if self.confined else [],
            }
            program = [sys.executable, "-I", "-B", "-c", START, str(theirs.fileno()), json.dumps(setting)]
            started = _Bubblewrap if self.confined else subprocess.Popen
            self._process = started(
                [*command, *program, *first_on_path()],
                pass_fds=(theirs.fileno(), *passed),
                env=_clean_environment(self._own_folders() | self.environment),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                start_new_session=True,
            )
        self._control = ours

    def _wait_until_ready(self):
        self._control.settimeout(START_SECONDS)
        try:
            ready = self._control.recv(MESSAGE_BYTES)
        except OSError:  # a timeout too
            ready = b""
        if not ready:
            reason = self._last_words()
            self._stop()
            raise CannotStart(f"The warm parent could not start: {reason}")

    def _last_words(self):
        """The end of what the warm parent wrote, on one line."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        code = self._process.poll()
        if code is None:
            return f"it was not ready after {START_SECONDS:.0f} s"
        with contextlib.suppress(OSError, ValueError):
            if not self.log:
                size = self._output.seek(0, os.SEEK_END)
                self._output.seek(max(0, size - 2000))
                lines = self._output.read().decode(errors="replace").strip().splitlines()
                if lines:
                    return lines[-1].strip() + self._hint(lines[-1])
            else:
                return f"exit code {code}, see {self.log}"
        return f"exit code {code}"

    def _hint(self, line):
        """What root may have to change: the warm parent is somebody else, who may read less."""
        missing = re.match(r"ModuleNotFoundError: No module named '(\w+)", line)
        hidden = "PermissionError" in line or (missing and importlib.util.find_spec(missing[1]))
        if os.getuid() != 0 or not self.confined or not hidden:
            return ""
        return f" (started by root it becomes user {NOBODY}, who must be able to read all of {sys.prefix})"

    def _stop(self):
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                if not self.confined:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self._process.wait(2)
                self._process.kill()
            self._process.wait()
        if self._output is not None:
            self._output.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._process = self._control = self._output = self._folder = None

    def _own_folders(self):
        """Without confinement /tmp is everyone's: variables that point to a folder for this warm parent."""
        if self.confined:
            return {}
        self._folder = tempfile.TemporaryDirectory(prefix="coursepkg-")
        names = ("HOME", "TMPDIR", "KERAS_HOME", "MPLCONFIGDIR")
        return dict.fromkeys(names, self._folder.name)

    def _fork(self, role, files):
        self._requests = number = self._requests + 1
        channel, its_channel = socket.socketpair()
        status, its_status = socket.socketpair()
        work = None if self.confined else tempfile.mkdtemp(dir=self._folder.name)
        try:
            status.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            status.settimeout(SPAWN_SECONDS)
            with its_channel, its_status:
                limits = asdict(self.limits) | {"processes_besides": _processes_besides()}
                request = {"number": number, "role": role, "limits": limits, "work": work}
                ends = [its_channel.fileno(), its_status.fileno()]
                socket.send_fds(self._control, [json.dumps(request).encode()], ends)
            if refused := self._answer(number)["refused"]:
                raise CannotStart(f"The child was not started: {refused}.")
            child = Child(channel, status, *_first_word(status), self, work)
            self._children.add(child)
            _send_files(status, files)
            return child
        except BaseException:
            channel.close()
            status.close()  # its init takes this for the end of the worker, and goes
            if work:
                shutil.rmtree(work, ignore_errors=True)
            raise

    def _answer(self, number):
        """Waits for the answer to a request; one to an earlier request, since given up, is left out."""
        while True:
            if not (answer := self._control.recv(MESSAGE_BYTES)):
                raise ConnectionError("it ended")
            if (content := json.loads(answer))["number"] == number:
                return content


def _checked_files(files, limits):
    for path in files:
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts:
            raise ValueError(
                f"{path!r} is no path inside the child's working folder, such as 'data/series.csv'"
            )
    size = sum(map(len, files.values()))
    if size > limits.disk_bytes:
        raise ValueError(f"the files take {size} bytes, more than disk_bytes, which is {limits.disk_bytes}")
    return {str(PurePosixPath(path)): content for path, content in files.items()}


@contextlib.contextmanager
def _no_confinement():
    yield [], ()


def _first_word(status):
    """Returns the process id of the child's init, as this process sees it, and a descriptor of it."""
    message, pid, descriptor = _signed(status)
    said = json.loads(message.splitlines()[0])
    if "failed" in said:
        os.close(descriptor)
        raise CannotStart(f"The child was not started: {said['failed']}.")
    return pid, descriptor


def _signed(connection):
    """Returns the next message of a socket, the process id of its sender, and a descriptor of that."""
    size = socket.CMSG_SPACE(struct.calcsize("3i"))
    message, ancillary, _, _ = connection.recvmsg(MESSAGE_BYTES, size)
    if not message:
        raise ConnectionError("it ended")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            pid = struct.unpack("3i", data)[0]
            try:  # it waits for an answer, so it still has this number unless it was killed just now
                return message, pid, os.pidfd_open(pid)
            except ProcessLookupError as error:
                raise ConnectionError("it ended") from error
            except OSError as error:
                raise CannotStart(
                    f"The child was not started: this kernel has no pidfd_open ({error})."
                ) from error
    raise CannotStart("The child was not started: the kernel did not say which process it is.")


class _Bubblewrap(subprocess.Popen):
    """Bubblewrap in a group of its own.

    The first process inside dies with bubblewrap and all others with that one; but it learns that it should
    only after it has set everything up. Until then it can be ended with the group.
    """

    def kill(self):
        """Ends it and the first process inside at once."""
        if self.returncode is None:  # else its number may be somebody else's by now
            os.killpg(self.pid, signal.SIGKILL)


class _Twin:
    """A process that this one did not start, with the methods of `subprocess.Popen` that are needed here."""

    def __init__(self, pid, descriptor):
        self.pid = pid
        self._descriptor = descriptor
        weakref.finalize(self, os.close, descriptor).atexit = False

    def poll(self):
        """Returns 0 once it has ended, however it did, and `None` before."""
        ended, _, _ = select.select([self._descriptor], [], [], 0)
        return 0 if ended else None

    def kill(self):
        """Ends it at once."""
        signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def wait(self, seconds=SPAWN_SECONDS):
        """Waits until it has ended, for a time at most."""
        select.select([self._descriptor], [], [], seconds)


def _send_files(status, files):
    listing = [[path, len(content)] for path, content in files.items()]
    with contextlib.suppress(BrokenPipeError, ConnectionError):  # how it ended tells the rest
        status.sendall(json.dumps({"files": listing}).encode() + b"\n")
        for content in files.values():
            status.sendall(content)
