"""The warm parent: it imports once, then forks a confined child whenever the worker asks for one.

It runs inside bubblewrap and holds nothing that a child may not read, because every child starts as its
copy: no notebook, no test, no answer ever passes through it. A child's files reach it over its own socket.

    worker ── control ──> warm parent ── fork ──> (enters namespaces) ── fork ──> init ── fork ──> the role
      └───────────────────── status: credentials, files, how it ended ────────────┘                 │
      └───────────────────── channel ───────────────────────────────────────────────────────────────┘

`init` is the first process of the child's process namespace: when it goes, the kernel ends all others in it.
"""

import contextlib
import gc
import importlib
import io
import json
import os
import random
import select
import signal
import socket
import sys
import time

from coursepkg.grading import namespaces, system_calls

THREADS = 2  # TensorFlow starts one when it is imported; with more, a child can wait forever for a lock
ROLES = {"student": "coursepkg.grading.student:serve", "examiner": "coursepkg.grading.examiner:serve"}
MESSAGE_BYTES = 65536
PF_EXITING = 4


def main(arguments=None):
    """Runs the warm parent until the worker closes the control socket.

    Args:
        arguments: list of str: the number of the control socket, and the setting as JSON: `imports`,
            `confined`, `user` and `group` (whom to become where this is root), `readable` (paths below
            /tmp that children may read as well).
    """
    number, setting = arguments or sys.argv[1:]
    setting = json.loads(setting)
    control = socket.socket(fileno=int(number))
    if setting["confined"]:
        os.setsid()  # out of bubblewrap's group
        if os.getuid() == 0:
            namespaces.become_unprivileged(setting["user"], setting["group"])
        namespaces.lock()
        system_calls.leave_keyring()
    gc.disable()  # what is imported stays: looking for garbage among it takes a quarter of the time
    with _without_jax():
        for name in setting["imports"]:
            importlib.import_module(name)
    _import_what_can_be(setting["also"])
    gc.enable()
    _prepare_tensorflow()
    _draw_a_figure()
    namespaces.prctl(namespaces.PR_SET_DUMPABLE, 0)
    namespaces.prctl(namespaces.PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps what has ended
    gc.collect()
    gc.freeze()  # or the first collection in a child copies every page
    control.send(b"ready")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 2)
        if not message:
            return
        request = json.loads(message)
        if "also" in request:
            _import_what_can_be(request["also"])
            gc.freeze()
            control.send(json.dumps({"number": request["number"], "threads": _settled_threads()}).encode())
            continue
        if "twin" in request:
            if _settled_threads() <= THREADS and os.fork() == 0:
                control.close()
                control = socket.socket(fileno=descriptors[0])
                namespaces.prctl(namespaces.PR_SET_CHILD_SUBREAPER, 1)  # which a fork does not inherit
                control.send(b"ready")  # the kernel adds who we are
            else:
                os.close(descriptors[0])
            continue
        _answer(control, request | setting, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


@contextlib.contextmanager
def _without_jax():
    """TensorFlow imports JAX where there is one, to convert its models: half a second for nobody here."""
    wanted = os.environ.get("KERAS_BACKEND") == "jax" or "jax" in sys.modules
    if not wanted:
        sys.modules["jax"] = None  # so that importing it fails as where it is not installed
    try:
        yield
    finally:
        if not wanted:
            del sys.modules["jax"]


def _import_what_can_be(names):
    """Imports what spares children time; what cannot be imported here they import themselves."""
    for name in names:
        if name not in sys.modules:
            with contextlib.suppress(BaseException):
                importlib.import_module(name)


def _prepare_tensorflow():
    """What TensorFlow can do once for all children without starting a thread."""
    if (tensorflow := sys.modules.get("tensorflow")) is None:
        return
    # Homework runs a graph some dozen times: optimising it costs more than it brings.
    tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    with contextlib.suppress(Exception):  # no public interface: another version may have it elsewhere
        framework = "tensorflow.python.framework"
        # It writes a list of all operations when it first meets one that it does not know, as a graph of the
        # user's is one, and sorts out its kernels when it first looks for one.
        importlib.import_module(f"{framework}.op_def_registry").get("an operation that does not exist")
        importlib.import_module(f"{framework}.kernels").get_registered_kernels_for_op("NoOp")


def _draw_a_figure():
    """The first figure of a process looks for fonts and reads how formulas are built: children need not."""
    if (plotting := sys.modules.get("coursepkg.plotting")) is None:
        return
    import matplotlib
    from matplotlib.backends import backend_registry
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # A machine without fonts, say, has children that say so themselves.
    with contextlib.suppress(Exception), matplotlib.rc_context():
        plotting.use_style()
        figure = Figure()  # pyplot would remember it
        axes = figure.subplots()
        axes.semilogy([1, 2], [1, 10], label="a line")  # its labels are powers of ten: formulas
        axes.set(title="title", xlabel="label", ylabel="label")
        axes.legend()
        FigureCanvasAgg(figure).print_png(io.BytesIO())
        backend_registry.list_all()  # for which it reads all packages' entry points


def _answer(control, request, descriptors):
    def answer(refused=""):
        control.send(json.dumps({"number": request["number"], "refused": refused}).encode())

    threads = _settled_threads()
    if threads > THREADS:
        answer(f"the warm parent runs {threads} threads, and a child of more than {THREADS} can hang")
        return
    try:
        first = os.fork()
    except OSError as error:
        answer(f"the warm parent could not fork: {error}")
        return
    if first:
        answer()
        return
    # From here on a copy: whatever happens, it must not go back into the parent's loop.
    code = 1
    try:
        os.close(control.detach())  # or else the worker would not see the parent end
        _become_init(request, *descriptors)
        code = 0
    except BaseException as error:
        _tell(descriptors[1], {"failed": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(code)


def _threads():
    return len(os.listdir("/proc/self/task"))


def _settled_threads():
    """Threads that an import started may still be on their way out."""
    for _ in range(100):
        if (threads := _threads()) <= THREADS:
            break
        time.sleep(0.02)
    return threads


def _tell(status, content):
    with contextlib.suppress(OSError):  # the worker may have gone
        socket.socket(fileno=os.dup(status)).sendall(json.dumps(content).encode() + b"\n")


def _become_init(request, channel, status):
    """Enters the namespaces and forks their first process, which starts the role and waits for its end."""
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    limits, confined = request["limits"], request["confined"]
    if confined:
        namespaces.leave()
    else:
        os.setsid()
    if os.fork():
        return
    try:
        os.setsid()
        if confined:
            namespaces.furnish(int(limits["disk_bytes"]), request["readable"])
            namespaces.drop_capabilities()
            work = namespaces.WORK
        else:
            namespaces.prctl(namespaces.PR_SET_CHILD_SUBREAPER, 1)
            work = request["work"]
        namespaces.prctl(namespaces.PR_SET_DUMPABLE, 0)  # the role can neither trace nor read its init
        with socket.socket(fileno=os.dup(status)) as worker:
            worker.sendall(json.dumps({"ready": True}).encode() + b"\n")  # the kernel adds who we are
            _receive_files(worker, work)
        os.chdir(work)
        student = os.fork()
        if student == 0:
            _play(request["role"], channel, limits, confined, work)
        os.close(channel)
        _watch(student, status)
        if not confined:
            end_descendants()  # in a process namespace the kernel does it
    except BaseException as error:
        _tell(status, {"failed": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(0)


def _receive_files(worker, work):
    """Reads a line of JSON that lists paths and sizes, then the bytes of all, and writes them to disk."""
    with worker.makefile("rb") as stream:
        line = stream.readline()
        if not line:
            raise ConnectionError("the worker went away")
        for path, size in json.loads(line)["files"]:
            whole = os.path.join(work, path)
            os.makedirs(os.path.dirname(whole), exist_ok=True)
            with open(whole, "wb") as file:
                while size:
                    piece = stream.read(min(size, 2**20))
                    if not piece:
                        raise ConnectionError("the worker went away")
                    file.write(piece)
                    size -= len(piece)


def _watch(student, status):
    """Reaps everything until the role's own process has ended, and says how, or the worker has gone."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # a handler of Python's is what writes to the pipe
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    ready = ()
    while True:
        while (ended := os.wait4(-1, os.WNOHANG))[0]:
            if ended[0] == student:
                return _report(status, *ended[1:])
        if status in ready:  # the worker never writes again: it has gone, or wants all of this to end
            if _is_ending(student):  # its channel is closed already, which the worker may have seen
                _report(status, *os.wait4(student, 0)[1:])
            return None
        ready, _, _ = select.select([reader, status], [], [])
        if reader in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(reader, 4096)


def _report(status, state, used):
    seconds = used.ru_utime + used.ru_stime
    _tell(status, {"code": os.waitstatus_to_exitcode(state), "cpu": seconds})


def _is_ending(pid):
    with open(f"/proc/{pid}/stat") as file:
        flags = int(file.read().rpartition(")")[2].split()[6])
    return bool(flags & PF_EXITING)


def descendants(pid):
    """Finds all processes that descend from one, as far as they can be seen.

    Args:
        pid: int, the process id of the one.

    Returns:
        List of int, process ids.
    """
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                with contextlib.suppress(OSError), open(f"/proc/{one}/task/{task}/children") as file:
                    children = [int(word) for word in file.read().split()]
                found += children
                waiting += children
    return found


def end_descendants():
    """Ends everything that this process is the ancestor of."""
    for _ in range(1000):
        below = descendants(os.getpid())
        for pid in below:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not below:
            return
        time.sleep(0.001)


def _play(role, channel, limits, confined, work):
    """Becomes the role: the last of the trusted code before a submission's."""
    code = 1
    try:
        os.setsid()
        nothing = os.open("/dev/null", os.O_RDWR)
        os.dup2(nothing, 0)
        if confined:
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
        os.dup2(channel, 3)
        os.closerange(4, 65536)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        namespaces.prctl(namespaces.PR_SET_DUMPABLE, 1)
        namespaces.die_first()
        namespaces.limit_resources(limits, confined)
        if confined:
            namespaces.lock()
            system_calls.forbid()
        else:
            os.environ.update(HOME=work, TMPDIR=work)
        _draw_anew()
        module, _, name = ROLES.get(role, role).partition(":")
        sys.path.append(work)  # behind all else: an assignment's own modules are found, and hide no library
        function = getattr(importlib.import_module(module), name)
        result = function(socket.socket(fileno=3))
        code = result if isinstance(result, int) else 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code & 255)


def _draw_anew():
    """Every child draws its own random numbers; the parent's generators were copied into it."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
