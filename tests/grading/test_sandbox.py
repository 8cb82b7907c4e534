"""Tries from inside what a submission must not be able to do."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import coursepkg
from coursepkg.grading import bubblewrap, sandbox
from coursepkg.grading import limits as bounds
from coursepkg.grading.child import _own_memory, _proportional_memory
from coursepkg.grading.limits import MEBIBYTE, Limits
from coursepkg.grading.sandbox import CannotStart, WarmParent, why_not_confined

sys.path.insert(0, str(Path(__file__).parent))

from inside import Inside, Refused, still_there

REPOSITORY = Path(coursepkg.__file__).parents[1]
LIMITS = Limits(
    address_space=1024 * MEBIBYTE,
    cpu_seconds=20,
    processes=24,
    file_bytes=4 * MEBIBYTE,
    disk_bytes=8 * MEBIBYTE,
)
SECRET = "the-answers-to-all-questions"
needs_sandbox = pytest.mark.sandbox


@pytest.fixture(scope="module")
def parent():
    os.environ["COURSEPKG_TEST_SECRET"] = SECRET
    with WarmParent(LIMITS, imports=("numpy",), environment={"GIVEN": "1"}) as parent:
        yield parent
    del os.environ["COURSEPKG_TEST_SECRET"]


@pytest.fixture
def inside(parent):
    with Inside(parent) as child:
        yield child


@pytest.fixture
def limited(parent):
    """Children of the same parent with other limits."""

    def spawn(**changes):
        parent.limits = replace(LIMITS, **changes)
        return Inside(parent)

    yield spawn
    parent.limits = LIMITS


# What it sees


@needs_sandbox
def test_it_reaches_no_network(inside):
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = """
            import socket
            result = []
            for address in [("127.0.0.1", port), ("192.0.2.1", 80)]:
                try:
                    socket.create_connection(address, 2).close()
                    result.append("reached")
                except OSError:
                    result.append("refused")
            result += [name for _, name in socket.if_nameindex() if name != "lo"]
        """
        assert inside.run(source, port=server.getsockname()[1]) == ["refused", "refused"]


@needs_sandbox
def test_it_reaches_no_unix_socket_of_the_machine(inside, tmp_path):
    name, path = f"\0coursepkg-{os.getpid()}", str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as abstract, socket.socket(socket.AF_UNIX) as named:
        for listener, address in ((abstract, name), (named, path)):
            listener.bind(address)
            listener.listen()
            with socket.socket(socket.AF_UNIX) as trial:
                trial.connect(address)  # it is there for everybody else
            source = """
                import socket
                socket.socket(socket.AF_UNIX).connect(address)
            """
            with pytest.raises(Refused, match=r"ConnectionRefused|FileNotFound"):
                inside.run(source, address=address)


@needs_sandbox
@pytest.mark.parametrize("family", [38, 40, 17, 31], ids=["AF_ALG", "AF_VSOCK", "AF_PACKET", "AF_BLUETOOTH"])
def test_it_opens_no_other_kind_of_socket(inside, family):
    with pytest.raises(Refused, match=r"OSError: \[Errno 97\]"):
        inside.run("import socket; socket.socket(family, socket.SOCK_DGRAM)", family=family)


@needs_sandbox
def test_it_sees_no_file_but_its_own_and_the_python_environment(inside, tmp_path):
    (tmp_path / "gradebook.db").write_text(SECRET)
    hidden = [
        "/etc/shadow",
        "/etc/hostname",
        "/root/.bashrc",
        "/var",
        "/run",
        "/sys",
        "/home",
        "/mnt",
        "/opt",
    ]
    hidden += [str(tmp_path), str(REPOSITORY / "assignments"), str(REPOSITORY / ".git"), str(Path(__file__))]
    kept = [str(REPOSITORY / "coursepkg"), sys.prefix, "/usr/bin"]
    seen = inside.run(
        """
        import os
        result = [path for path in paths if os.path.exists(path)]
        """,
        paths=[*hidden, *kept],
    )
    allowed = [path for path in hidden if any(folder.startswith(path) for folder in bubblewrap._bindings(()))]
    assert [path for path in seen if path not in allowed] == kept
    assert inside.run("result = sorted(os.listdir('/tmp/work')) + [os.getcwd()]") == ["probe.py", "/tmp/work"]
    assert inside.run("result = open('/etc/passwd').read().count(chr(10))") == 1


@needs_sandbox
def test_of_the_repository_only_the_package_is_there(inside):
    there = inside.run("import os; result = os.listdir(folder)", folder=str(REPOSITORY))
    assert set(there) <= {"coursepkg", Path(sys.prefix).name}


@needs_sandbox
def test_it_writes_nowhere_but_in_its_own_files(inside):
    source = """
        import os
        folders = {line.split()[4] for line in open("/proc/self/mountinfo")} | set(more)
        folders |= {os.path.join("/", name) for name in os.listdir("/")}
        result = []
        for folder in sorted(folders):
            try:
                name = os.path.join(folder, "written-by-a-test")
                open(name, "w").close()
                os.remove(name)
                result.append(folder)
            except OSError:
                pass
    """
    more = ["/", "/dev", "/etc", sys.prefix, str(REPOSITORY), str(REPOSITORY / "coursepkg"), "/tmp/work"]
    written = inside.run(source, more=more)
    if REPOSITORY.is_relative_to("/tmp"):  # then the folders above the package are made in its own /tmp
        written = [folder for folder in written if not REPOSITORY.is_relative_to(folder) or folder == "/tmp"]
    assert written == ["/dev/shm", "/tmp", "/tmp/work"]
    with pytest.raises(Refused, match=r"Read-only|Permission"):
        inside.run("open(path, 'a')", path=coursepkg.__file__)
    for setting in ("kernel/hostname", "vm/drop_caches", "user/max_user_namespaces", "net/ipv4/ip_forward"):
        with pytest.raises(Refused, match=r"Permission|FileNotFound|Read-only"):
            inside.run("open('/proc/sys/' + setting, 'w').write('1')", setting=setting)


@needs_sandbox
def test_its_environment_is_the_grader_s_own(inside):
    seen = inside.run("import os; result = dict(os.environ)")
    raw = inside.run("result = open('/proc/self/environ').read()")
    assert SECRET not in str(seen) + raw
    assert seen["GIVEN"] == "1"
    assert seen["CUDA_VISIBLE_DEVICES"] == "-1"
    assert not {"PYTHONHASHSEED", "COURSEPKG_CHECK_SEED"} & set(seen)


@needs_sandbox
def test_more_folders_can_be_made_readable(tmp_path):
    (tmp_path / "series.csv").write_text("1,2,3")
    tmp_path.chmod(0o755)  # whoever grades as root does so as somebody else
    with WarmParent(LIMITS, imports=(), readable=[tmp_path]) as parent, Inside(parent) as child:
        assert child.run("result = open(path).read()", path=str(tmp_path / "series.csv")) == "1,2,3"
        with pytest.raises(Refused, match=r"Read-only|Permission"):
            child.run("open(path, 'w')", path=str(tmp_path / "series.csv"))


@needs_sandbox
def test_it_holds_no_descriptor_but_its_channel(inside):
    assert sorted(inside.run("import os; result = [int(name) for name in os.listdir('/proc/self/fd')]"))[
        :4
    ] == [
        0,
        1,
        2,
        3,
    ]
    targets = inside.run("result = [os.readlink(f'/proc/self/fd/{number}') for number in range(4)]")
    assert targets[:3] == ["/dev/null"] * 3
    assert targets[3].startswith("socket:")
    assert inside.run("result = len(os.listdir('/proc/self/fd'))") == 5  # and the one that lists them


# Others on the machine


@needs_sandbox
def test_children_see_nothing_of_each_other(parent):
    with Inside(parent, {"answer.txt": b"mine"}) as one, Inside(parent) as other:
        one.run("open('/tmp/note', 'w').write('x'); open('/dev/shm/note', 'w').write('x')")
        one.run(
            """
            import socket
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(chr(0) + "sibling")
            listener.listen()
            """
        )
        source = "import os; result = [os.listdir(place) for place in ('/tmp', '/tmp/work', '/dev/shm')]"
        tmp, work, shared = other.run(source)
        mounted = {REPOSITORY.parts[2]} if REPOSITORY.is_relative_to("/tmp") else set()
        assert (sorted(set(tmp) - mounted), work, shared) == (["home", "shm", "work"], ["probe.py"], [])
        with pytest.raises(Refused, match="ConnectionRefused"):
            other.run("import socket; socket.socket(socket.AF_UNIX).connect(chr(0) + 'sibling')")


@needs_sandbox
def test_it_sees_and_signals_no_process_outside(parent):
    with Inside(parent) as one, Inside(parent) as other:
        outside = [os.getpid(), parent._process.pid, *(process.pid for process in one.processes())]
        outside += [process.pid for process in psutil.Process(parent._process.pid).children(recursive=True)]
        own = {process.pid for process in other.processes()}
        source = """
            import os, signal
            result = []
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                    result.append(pid)
                except ProcessLookupError:
                    pass
        """
        assert other.run("import os; result = sorted(n for n in os.listdir('/proc') if n.isdigit())") == [
            "1",
            "2",
        ]
        # Numbers that happen to be those of its own two processes are left out.
        assert other.run(source, pids=[pid for pid in outside if pid not in own and pid > 2]) == []
        assert one.run("result = 1") == 1
        assert parent._process.poll() is None


@needs_sandbox
def test_it_cannot_read_trace_or_end_its_init(inside):
    for name in ("mem", "environ", "maps", "fd", "root", "cwd", "exe"):
        source = "import os; (os.listdir if name in ('fd', 'root', 'cwd') else open)('/proc/1/' + name)"
        with pytest.raises(Refused, match="Permission"):
            inside.run(source, name=name)
    assert inside.run(
        """
        import ctypes, signal
        libc = ctypes.CDLL(None, use_errno=True)
        result = [libc.ptrace(16, 1, 0, 0), libc.process_vm_readv(1, None, 0, None, 0, 0)]
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            os.kill(1, number)
        """
    ) == [-1, -1]
    assert inside.run("result = 2") == 2


@needs_sandbox
def test_no_byte_of_another_child_s_files_is_in_its_memory(parent):
    scan = """
        import re
        wanted = b"".join(b"[" + bytes([number]) + b"]" for number in bytes.fromhex(word))
        pattern, result = re.compile(wanted), 0
        with open("/proc/self/mem", "rb", 0) as memory:
            for line in open("/proc/self/maps"):
                place, rights = line.split()[:2]
                first, last = (int(number, 16) for number in place.split("-"))
                if rights.startswith("rw"):
                    try:
                        memory.seek(first)
                        result += len(pattern.findall(memory.read(last - first)))
                    except (OSError, OverflowError):
                        pass
    """
    word = b"a-sentence-of-the-first-student"
    with Inside(parent, {"answer.txt": word * 1000}) as one, Inside(parent) as other:
        assert one.run("kept = open('answer.txt', 'rb').read(); result = 1") == 1
        assert one.run(scan, word=word.hex()) > 0  # the scan finds what is there
        assert other.run(scan, word=word.hex()) == 0


# Rights


@needs_sandbox
def test_it_has_no_privileges_and_gets_none(inside):
    status = dict(
        line.split(":\t") for line in inside.run("result = open('/proc/self/status').read().splitlines()")
    )
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert "0" not in status["Uid"].split()
    with pytest.raises(Refused, match=r"PermissionError|OSError"):
        inside.run("import os; os.setuid(0)")
    source = """
        import subprocess
        result = [subprocess.run(command, capture_output=True).returncode != 0 for command in commands]
    """
    commands = [["unshare", "--user", "true"], ["mount", "-t", "tmpfs", "x", "/tmp/work"], ["umount", "/tmp"]]
    commands += [
        ["umount", "/proc"],
        ["nsenter", "-t", "1", "-m", "true"],
        ["bwrap", "--bind", "/", "/", "true"],
    ]
    there = [command for command in commands if shutil.which(command[0])]
    assert inside.run(source, commands=there) == [True] * len(there)


@needs_sandbox
def test_it_makes_no_user_namespace_by_any_call(inside):
    """`clone` cannot be filtered by its flags in every form, so the namespace's own limit must hold."""
    source = """
        import ctypes, os, platform, signal
        libc = ctypes.CDLL(None, use_errno=True)
        number = {"x86_64": 56, "aarch64": 220}[platform.machine()]
        made = libc.syscall(number, 0x10000000 | signal.SIGCHLD, None, None, None, None)
        if made == 0:
            os._exit(0)
        result = made
    """
    assert inside.run(source) == -1


@needs_sandbox
def test_it_finds_no_memory_that_counts_for_nobody(inside):
    source = """
        import ctypes, errno, mmap, os
        libc = ctypes.CDLL(None, use_errno=True)
        result = []
        for call in (
            lambda: libc.memfd_create(b"x", 0),
            lambda: libc.shmget(0, 4096, 0o1600),
            lambda: libc.msgget(0, 0o1600),
            lambda: libc.semget(0, 1, 0o1600),
            lambda: libc.mq_open(b"/x", os.O_CREAT | os.O_RDWR, 0o600, None),
        ):
            result.append(call())
        try:
            mmap.mmap(-1, 4096)
        except PermissionError:
            result.append(-1)
        result.append(-os.path.exists("/dev/zero") - 1)
    """
    assert inside.run(source) == [-1] * 7
    assert inside.run("result = len(mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE))") == 4096


@needs_sandbox
def test_what_honest_code_uses_works(inside):
    source = """
        import multiprocessing, os, pty, sqlite3, subprocess, tempfile, threading, time, getpass
        import numpy
        result = []
        with multiprocessing.Lock():
            pass
        leader, follower = pty.openpty()
        os.close(leader), os.close(follower)
        with sqlite3.connect("notes.db") as database:
            database.execute("create table notes (text)")
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x")
        result.append(subprocess.run(["echo", "hello"], capture_output=True, text=True).stdout)
        thread = threading.Thread(target=time.sleep, args=(0,))
        thread.start(), thread.join()
        context = multiprocessing.get_context("fork")
        with context.Pool(2) as pool:
            result.append(pool.map(abs, [-1, 2]))
        result.append(float(numpy.ones(3).sum()))
        result.append(getpass.getuser())
        result.append(os.path.expanduser("~"))
    """
    assert inside.run(source) == ["hello\n", [1, 2], 3.0, "student", "/tmp/home"]


# Limits


@needs_sandbox
def test_processes_and_threads_are_counted(limited):
    fork = """
        import os, time
        result = 0
        for _ in range(40):
            try:
                pid = os.fork()
            except OSError:
                break
            if pid == 0:
                time.sleep(60)
                os._exit(0)
            result += 1
    """
    thread = """
        import threading, time
        result = 0
        for _ in range(40):
            try:
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            except RuntimeError:
                break
            result += 1
    """
    with limited(processes=8) as one, limited(processes=8) as other:
        assert one.run(fork) == 7  # and its own makes eight
        assert other.run(thread) == 7  # whatever its siblings do


@needs_sandbox
def test_the_disk_is_full_at_its_limit(limited):
    source = """
        import errno, os
        result, size = [], 0
        for place in ("/tmp/work/a", "/dev/shm/b", "/tmp/c"):
            try:
                with open(place, "wb") as file:
                    for _ in range(40):
                        file.write(bytes(65536))
                        file.flush()
                        size += 65536
            except OSError as error:
                result.append(errno.errorcode[error.errno])
        result.append(size <= 2 * 2**20)
    """
    with limited(disk_bytes=2 * MEBIBYTE) as child:
        assert child.run(source) == ["ENOSPC", "ENOSPC", "ENOSPC", True]


@needs_sandbox
def test_a_file_ends_at_its_limit(limited):
    with limited(file_bytes=MEBIBYTE) as child, pytest.raises(Refused, match=r"OSError: \[Errno 27\]"):
        child.run("open('large', 'wb').write(bytes(2**21))")


@needs_sandbox
def test_one_process_maps_no_more_than_its_limit(inside):
    with pytest.raises(Refused, match="MemoryError"):
        inside.run("bytearray(2**31)")


@needs_sandbox
def test_open_files_are_counted(inside):
    with pytest.raises(Refused, match=r"Errno 24"):
        inside.run("files = [open('/dev/null') for _ in range(1000)]")


@needs_sandbox
@pytest.mark.parametrize("swallowed", [False, True])
def test_processor_time_ends(limited, swallowed):
    with limited(cpu_seconds=1) as child:
        prepare = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)" if swallowed else "pass"
        child.run(prepare)
        child.send("while True: pass")
        with pytest.raises(EOFError):
            child.answer()
        child.child.kill()
        assert child.child.ended_because() == "it used more than 1 s of processor time"


@needs_sandbox
def test_memory_is_visible_while_it_is_used(limited):
    with limited(disk_bytes=40 * MEBIBYTE, file_bytes=40 * MEBIBYTE) as child:
        child.run("pass")
        before = child.child.usage()
        child.run("kept = bytearray(b'x') * (60 * 2**20)")
        with_memory = child.child.usage()
        child.run("import os\nif os.fork() == 0:\n    more = b'y' * (50 * 2**20); os.kill(os.getpid(), 19)")
        child.run(
            """
            import time
            for _ in range(200):
                if open("/proc/3/status").read().split("State:")[1].strip()[0] == "T":
                    break
                time.sleep(0.05)
            """
        )
        with_process = child.child.usage()
        child.run("open('large', 'wb').write(bytes(30 * 2**20))")
        with_file = child.child.usage()
        assert 50 * MEBIBYTE < with_memory - before < 70 * MEBIBYTE
        assert 45 * MEBIBYTE < with_process - with_memory < 65 * MEBIBYTE
        assert 28 * MEBIBYTE < with_file - with_process < 40 * MEBIBYTE
    assert child.child.usage() == 0
    assert still_there(child.processes()) == []


@needs_sandbox
@pytest.mark.parametrize("memory, least, most", [(4096 * MEBIBYTE, 12, 40), (1, 0, 5)])
def test_what_seems_too_much_is_measured_anew(limited, memory, least, most, monkeypatch):
    monkeypatch.setattr(bounds, "LEAST_MEMORY", 1)
    fork = """
        import os, time
        if (pid := os.fork()) == 0:
            more = b"y" * ({} * 2**20)
            os.kill(os.getpid(), 19)
        while open(f"/proc/{{pid}}/status").read().split("State:")[1].strip()[0] != "T":
            time.sleep(0.01)
    """
    with limited(memory=memory) as child:
        child.run("kept = bytearray(b'x') * (12 * 2**20)")
        child.run(fork.format(100))
        before = child.child.usage()
        child.run(fork.format(0))  # a copy of the first process, which shares what that one holds
        assert least * MEBIBYTE <= child.child.usage() - before < most * MEBIBYTE


def test_what_is_swapped_out_is_memory_as_before(tmp_path):
    there, swapped = 5 * MEBIBYTE, 7 * MEBIBYTE
    status = {"VmPTE": 0, "VmSwap": swapped, "RssAnon": there, "RssFile": 9 * there, "RssShmem": 0}
    rollup = {"Rss": 9 * there, "Pss": there, "Pss_Anon": there, "Swap": 9 * swapped, "SwapPss": swapped}
    (tmp_path / "12").mkdir()
    for name, sizes in {"status": status, "smaps_rollup": rollup}.items():
        lines = (f"{field}:  {size // 1024} kB\n" for field, size in sizes.items())
        (tmp_path / "12" / name).write_text("".join(lines))
    assert _own_memory(12, tmp_path) == _proportional_memory(12, tmp_path) == there + swapped
    (tmp_path / "12" / "smaps_rollup").unlink()  # as on an old kernel
    assert _proportional_memory(12, tmp_path) == there + swapped


def test_what_no_submission_can_be_graded_with_is_refused():
    with (
        WarmParent(Limits(memory=64 * MEBIBYTE)) as parent,
        pytest.raises(CannotStart, match="No submission can be graded with 64 MiB"),
    ):
        parent.spawn("student")
    assert Limits().why_too_little() == ""


@needs_sandbox
def test_what_waits_in_sockets_is_visible(inside):
    source = """
        import socket
        kept, result = [], 0
        for _ in range(40):
            kept += socket.socketpair()
            for end in kept[-2:]:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**22)
                end.setblocking(False)
                try:
                    while True:
                        result += end.send(bytes(4096))
                except BlockingIOError:
                    pass
    """
    inside.run("pass")
    before = inside.child.usage()
    waiting = inside.run(source)
    assert 5 * MEBIBYTE < waiting < inside.child.usage() - before < 40 * MEBIBYTE


# Whoever grades


def other_user():
    """An unprivileged user who may read the interpreter and the package, and that interpreter."""
    nobody = pwd.getpwnam("nobody").pw_uid
    for interpreter in (sys.executable, "/usr/bin/python3"):
        source = "import sys; sys.path.insert(0, sys.argv[1]); import coursepkg.grading.sandbox"
        command = [interpreter, "-c", source, str(REPOSITORY)]
        try:
            done = subprocess.run(
                command, user=nobody, group=nobody, extra_groups=[], capture_output=True, cwd="/"
            )
        except OSError:
            continue
        if done.returncode == 0:
            return nobody, interpreter
    return None


@needs_sandbox
@pytest.mark.skipif(os.getuid() != 0, reason="all the other tests run as an unprivileged user here")
def test_it_works_for_an_unprivileged_user():
    found = other_user()
    if not found:
        pytest.skip("no unprivileged user here may read both an interpreter and the package")
    user, interpreter = found
    source = f"""
import os, sys, time
sys.path[:0] = [{str(REPOSITORY)!r}, {str(Path(__file__).parent)!r}]
from coursepkg.grading.sandbox import WarmParent, why_not_confined
from coursepkg.grading.limits import Limits
assert why_not_confined() == "", why_not_confined()
probe = b'''
import ctypes, os
def serve(channel):
    rights = [line.split()[1] for line in open("/proc/self/status") if line.startswith("Cap")]
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # its files under /proc are root's now
    kept = bytearray(b"x") * (50 * 2**20)
    open("file", "wb").write(bytes(20 * 2**20))
    forks = 0
    try:
        while forks < 40:
            if os.fork() == 0:
                while True: os.read(channel.fileno(), 0) or __import__("time").sleep(1)
            forks += 1
    except OSError:
        pass
    seen = sorted(n for n in os.listdir("/proc") if n.isdigit() and int(n) < 3)
    places = ["/etc/shadow", "/home", "/var", {str(REPOSITORY / "assignments")!r}]
    answer = [os.getuid(), set(rights) == {{"0" * 16}}, forks, seen, [p for p in places if os.path.exists(p)]]
    channel.sendall(repr(answer).encode())
    channel.recv(1)
'''
with WarmParent(Limits(processes=8), imports=()) as parent:
    child = parent.spawn("probe:serve", {{"probe.py": probe}})
    print(child.channel.recv(1000).decode())
    print(child.usage() > 68 * 2**20)
    child.kill()
    print(child.alive(), child.usage())
"""
    done = subprocess.run(
        [interpreter, "-c", source],
        user=user,
        group=user,
        extra_groups=[],
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    answer = [user, True, 7, ["1", "2"], []]
    assert done.stdout.splitlines() == [repr(answer), "True", "False 0"]


# Where it cannot work


@pytest.fixture
def asked_again():
    why_not_confined.cache_clear()
    yield
    why_not_confined.cache_clear()


def test_without_bubblewrap_it_names_the_package(asked_again, monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda _: None)
    assert "install the package bubblewrap" in why_not_confined()
    assert "--accept-risk" in why_not_confined()
    with pytest.raises(CannotStart, match="bubblewrap"), WarmParent(imports=()) as parent:
        parent.spawn("student")


def test_on_another_system_it_says_so(asked_again, monkeypatch):
    monkeypatch.setattr(bubblewrap.sys, "platform", "darwin")
    monkeypatch.setattr(bubblewrap.platform, "system", lambda: "Darwin")
    assert "this is Darwin: grade on Linux" in why_not_confined()


@pytest.mark.parametrize(
    ("setting", "value", "advice"),
    [
        ("user/max_user_namespaces", "0", "set user.max_user_namespaces to 10000"),
        ("kernel/unprivileged_userns_clone", "0", "set kernel.unprivileged_userns_clone to 1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "to 0"),
        ("", "", "in a container"),
    ],
)
def test_where_namespaces_are_off_it_names_the_setting(asked_again, monkeypatch, setting, value, advice):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda _: "/usr/bin/bwrap")
    monkeypatch.setattr(bubblewrap, "_try_out", lambda: "unshare: Operation not permitted")
    monkeypatch.setattr(bubblewrap, "_setting", lambda name: value if name == setting else "")
    assert advice in why_not_confined()
    assert "--accept-risk" in why_not_confined()


@needs_sandbox
def test_here_it_works(asked_again):
    assert why_not_confined() == ""


@needs_sandbox
@pytest.mark.parametrize(
    ("namespaces", "answer"), [(10, ""), (1, "raise user.max_user_namespaces"), (0, "switched off")]
)
def test_it_is_found_out_by_trying(namespaces, answer):
    """As root of a container that knows no other user, with as many user namespaces as it may have."""
    source = (
        f"open('/proc/sys/user/max_user_namespaces', 'w').write('{namespaces}');"
        "from coursepkg.grading.sandbox import why_not_confined; print(why_not_confined())"
    )
    command = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"]
    done = subprocess.run(
        [*command, sys.executable, "-c", source], cwd=REPOSITORY, capture_output=True, text=True, timeout=60
    )
    if done.returncode != 0:
        pytest.skip(f"no such container can be made here: {done.stderr[-200:]}")
    assert (answer in done.stdout) if answer else (done.stdout == "\n")


def test_the_module_is_found_by_one_name():
    assert sandbox.why_not_confined is why_not_confined


@needs_sandbox
def test_a_module_that_starts_threads_costs_the_parent_and_is_not_tried_again(monkeypatch):
    """What its children were at must be done once more, so it counts as a death."""
    with WarmParent(LIMITS, imports=()) as parent:
        parent.spawn("probe:serve", {"probe.py": b"def serve(channel): channel.recv(1)"}).kill()
        answer = parent._answer
        monkeypatch.setattr(parent, "_answer", lambda number: answer(number) | {"threads": 9})
        parent.preload(["wave"])
        assert parent.deaths == 1
        monkeypatch.undo()
        parent.spawn("probe:serve", {"probe.py": b"def serve(channel): channel.recv(1)"}).kill()
        parent.preload(["wave"])
        assert parent.deaths == 1
