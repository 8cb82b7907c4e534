"""Starts Jupyter kernels in the grader's confinement, for nbgrader's own commands and for JupyterLab.

A kernel spec chooses it by name (see `coursepkg/grading/kernels`). `coursepkg-confined` starts each kernel in
a fresh confined Python. `coursepkg-warm` forks it from a confined parent that has imported Keras already and
that lives as long as the program that asked for the first such kernel.
"""

import asyncio
import atexit
import os
import signal
import socket
import stat
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Bool, Dict, List

from coursepkg.grading import confined_kernel
from coursepkg.grading.limits import Limits
from coursepkg.grading.sandbox import DEFAULT_IMPORTS, WarmParent, why_not_confined

KERNEL = "coursepkg.grading.confined_kernel:serve"
KERNEL_IMPORTS = ("ipykernel.kernelapp", "ipykernel.ipkernel")
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
KILLED = -9
WATCH_SECONDS = 0.5
MAX_FILES = 1000
# A folder that holds one of these is a course, with everybody's work in it, and no student's own folder.
SIGNS_OF_A_COURSE = ("gradebook.db", "nbgrader_config.py")

# bubblewrap ends a parent when the thread that started it ends, and a parent belongs to one thread: this one.
_thread = ThreadPoolExecutor(1, thread_name_prefix="coursepkg-kernels")
_warm_parents = {}


async def _in_the_thread(function, *arguments):
    try:
        future = _thread.submit(function, *arguments)
    except RuntimeError:  # the interpreter is about to end, and nothing else uses the parents any more
        return function(*arguments)
    return await asyncio.wrap_future(future)


class ConfinedProvisioner(KernelProvisionerBase):
    """Runs a kernel without network, without other people's files, and with limits.

    The kernel sees the Python environment and a copy of the files beside its notebook; what it writes there
    is gone when it ends. It is stopped, with a line in the log, when it uses more than its limits.

    Raises:
        RuntimeError: by `pre_launch`, where the machine cannot confine.
    """

    warm = Bool(False, help="Fork the kernel from a parent that has imported libraries.").tag(config=True)
    imports = List(DEFAULT_IMPORTS, help="What the parent of warm kernels imports.").tag(config=True)
    limits = Dict(help="Limits that differ from the grader's, by their name in Limits.").tag(config=True)

    child = None
    _own_parent = None
    _folder = None
    _stopped_because = ""
    _was_asked_to_end = False
    _ended = None

    @property
    def has_process(self):
        """bool, whether a kernel was started and not yet waited for."""
        return self.child is not None

    async def pre_launch(self, **kwargs):
        """Chooses where the kernel's sockets lie; refuses where the machine cannot confine.

        Raises:
            RuntimeError: if it cannot, with what is missing.
        """
        reason = why_not_confined()
        if reason:
            raise RuntimeError(
                f"The kernel '{self.kernel_spec.display_name}' runs only confined. {reason} "
                "Or choose the kernel python3, which runs students' code with all your rights."
            )
        manager = self.parent
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="coursepkg-kernel-")
            manager.transport, manager.ip = "ipc", str(Path(self._folder.name, "kernel"))
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        self._arguments = kwargs.pop("extra_arguments", [])
        return await super().pre_launch(cmd=self.kernel_spec.argv, **kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        """Starts the kernel and returns how to connect to it."""
        limits = Limits(**self.limits)
        self._stopped_because, self._was_asked_to_end, self._ended = "", False, None
        files, left_out = files_beside(kwargs.get("cwd"), limits.disk_bytes // 2)
        if left_out:
            self.log.warning("The confined kernel starts in an empty folder: %s", left_out)
        self.child = await _in_the_thread(self._spawn, limits, files)
        threading.Thread(target=self._watch, args=(self.child, limits), daemon=True).start()
        return self.connection_info

    def _spawn(self, limits, files):
        child = self._parent_for(limits).spawn(KERNEL, files)
        listeners = {}
        try:
            for name in CHANNELS:
                address = f"{self.connection_info['ip']}-{self.connection_info[f'{name}_port']}"
                listeners[f"ipc://{address}"] = _listen(address)
            settings = {
                "connection": _plain(self.connection_info),
                "arguments": self._arguments,
                "output_bytes": limits.output_bytes,
            }
            confined_kernel.send_settings(child.channel, settings, listeners)
        except BaseException:
            child.kill()
            raise
        finally:
            for listener in listeners.values():
                listener.close()
        return child

    def _parent_for(self, limits):
        if not self.warm:
            self._own_parent = self._own_parent or WarmParent(limits, imports=())
            return self._own_parent
        imports = (*self.imports, *KERNEL_IMPORTS)
        if (limits, imports) not in _warm_parents:
            _warm_parents[limits, imports] = WarmParent(limits, imports)
        return _warm_parents[limits, imports]

    def _watch(self, child, limits):
        """Stops the kernel when it lives too long or takes too much; runs in a thread of its own."""
        started = time.monotonic()
        while self.child is child and child.alive():
            reason = ""
            if time.monotonic() - started > limits.submission_seconds:
                reason = f"it ran for more than {limits.submission_seconds:g} s"
            elif child.usage() > limits.memory:
                reason = f"it used more than {limits.memory / 2**20:,.0f} MiB of memory"
            else:
                reason = child.too_busy()
            if reason:
                self._stopped_because = reason
                child.kill()
                return
            time.sleep(WATCH_SECONDS)

    async def poll(self):
        """Returns `None` while the kernel runs, otherwise an exit code."""
        if self.child is None:
            return 0
        if self.child.alive():
            return None
        if self._ended is None:
            self._ended = KILLED
            reason = self._stopped_because or self.child.ended_because()
            if reason and not self._was_asked_to_end:
                self.log.warning("The confined kernel has ended: %s.", reason)
        return self._ended

    async def wait(self):
        """Waits until the kernel has ended, and returns its exit code."""
        while (code := await self.poll()) is None:
            await asyncio.sleep(0.05)
        await self._release()
        return code

    async def send_signal(self, signum):
        """Ends the kernel for SIGTERM and SIGKILL. Its spec says that it is interrupted by message."""
        if signum in (signal.SIGKILL, signal.SIGTERM):
            await self.kill()

    async def kill(self, restart=False):
        """Ends every process of the kernel at once."""
        if self.child is not None:
            self._was_asked_to_end = True
            await _in_the_thread(self.child.kill)

    async def terminate(self, restart=False):
        """Ends the kernel, which had its time to end by itself."""
        await self.kill(restart)

    async def shutdown_requested(self, restart=False):
        """Ends the kernel: it has nothing to save, and need not be waited for."""
        await self.kill(restart)

    async def cleanup(self, restart=False):
        """Leaves no process, and, unless it restarts, no file."""
        await self._release()
        if restart:
            return
        if self._own_parent is not None:
            parent, self._own_parent = self._own_parent, None
            await _in_the_thread(parent.close)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _release(self):
        child, self.child = self.child, None
        if child is not None:
            await _in_the_thread(child.kill)


def _listen(path):
    """A socket that listens at a path which only this user can reach."""
    Path(path).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    listener.bind(path)
    listener.listen(64)
    return listener


def _plain(connection_info):
    return {
        name: value.decode() if isinstance(value, bytes) else value for name, value in connection_info.items()
    }


def files_beside(folder, most):
    """Reads the files that a kernel finds in its working folder.

    Hidden files, notebooks (a graded one holds hidden tests) and links stay outside.

    Args:
        folder: `None` or path of the folder that the notebook lies in.
        most: int, how many bytes all files may have together.

    Returns:
        Tuple of a dict from relative path to bytes, and a reason why it is empty, or an empty str.
    """
    if not folder or not Path(folder).is_dir():
        return {}, ""
    if any(Path(folder, name).exists() for name in SIGNS_OF_A_COURSE):
        return {}, f"{folder} is a course's folder, which holds everybody's work."
    files, size = {}, 0
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if name.startswith(".") or path.suffix == ".ipynb":
                continue
            content = _read_plain_file(path, most - size)
            if content is None:
                continue
            size += len(content)
            files[path.relative_to(folder).as_posix()] = content
            if size > most or len(files) > MAX_FILES:
                return {}, f"{folder} holds more than {MAX_FILES} files or {most:,} bytes."
    return files, ""


def _read_plain_file(path, most):
    """At most `most + 1` bytes of a file; `None` for anything that is no plain file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        return file.read(most + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def _close_warm_parents():
    for parent in _warm_parents.values():
        parent.close()
    _warm_parents.clear()


atexit.register(_close_warm_parents)
