"""What bubblewrap shows a warm parent of this machine, and whether it works here at all."""

import contextlib
import functools
import os
import platform
import shutil
import site
import subprocess
import sys
import sysconfig
from pathlib import Path

from coursepkg.grading import namespaces

NOBODY = 65534  # whom a grader that runs as root becomes inside
SYSTEM_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
READABLE_BESIDES = (
    "/usr",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
)
DEVICES = ("null", "random", "urandom")


def _python_folders():
    """Folders that this interpreter and its packages live in."""
    folders = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    return [*folders, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), *_site_folders()]


def _site_folders():
    folders = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    return [*folders, site.getusersitepackages()] if site.ENABLE_USER_SITE else folders


def _package_folder():
    return str(Path(__file__).resolve().parents[1])


def first_on_path():
    """Where `coursepkg` comes from, and what else an isolated Python does not search by itself.

    Returns:
        List of str, folders, to be put first on `sys.path`.
    """
    parent = str(Path(_package_folder()).parent)
    searched = set(map(os.path.realpath, _site_folders()))
    extra = [] if os.path.realpath(parent) in searched else [parent]
    return [*extra, site.getusersitepackages()] if site.ENABLE_USER_SITE else extra


def _bindings(readable):
    """Pairs of a path inside and what is seen there, read-only; each folder also under its real path."""
    wanted = [path for path in READABLE_BESIDES if os.path.exists(path)]
    wanted += [*_python_folders(), _package_folder(), *map(os.path.abspath, readable)]
    link = sys.executable  # .venv/bin/python leads to the base interpreter over links that may lie anywhere
    for _ in range(10):
        wanted.append(link)
        if not os.path.islink(link):
            break
        link = os.path.normpath(os.path.join(os.path.dirname(link), os.readlink(link)))
    pairs = {}
    for path in sorted({*wanted, *map(os.path.realpath, wanted)}):
        inside = any(path.startswith(folder + os.sep) for folder in pairs if os.path.isdir(folder))
        if os.path.exists(path) and (not inside or os.path.islink(path)):
            pairs[path] = os.path.realpath(path)
    # A link that lies in a folder which is seen as it is needs no binding of its own, and cannot have one.
    return {
        path: real
        for path, real in pairs.items()
        if not any(path.startswith(folder + os.sep) for folder in pairs if folder != path)
    }


def _stubs(uid, gid):
    """Files that libraries look for, with nothing of this machine in them."""
    return {
        "/etc/passwd": f"student:x:{uid}:{gid}:student:/tmp/home:/bin/sh\n",
        "/etc/group": f"student:x:{gid}:\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        "/etc/hosts": "127.0.0.1 localhost\n",
    }


def _gives_up_root():
    """Whether this is root that becomes somebody else inside; in a user namespace it would stay root outside.

    Root of a container may be an ordinary user outside and the only one: then a user namespace is enough.
    """
    if os.getuid() != 0:
        return False
    with open("/proc/self/uid_map") as file:
        ranges = [tuple(map(int, line.split())) for line in file]
    return any(first <= NOBODY < first + count for first, _, count in ranges)


def _bubblewrap(user, group, readable, stubs):
    """Returns bubblewrap's command line; `stubs` maps paths to descriptors with their content.

    Whoever starts it does so in a new session, so that no terminal can be reached from inside. Bubblewrap's
    own `--new-session` would also take its child out of the group by which both can be ended at once.
    """
    command = ["bwrap", "--die-with-parent", "--hostname", "student"]
    command += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    if not _gives_up_root():
        command += ["--unshare-user", "--uid", str(user), "--gid", str(group)]
    for path in SYSTEM_FOLDERS:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    bindings = _bindings(readable)
    above = {str(folder) for path in (*bindings, *stubs) for folder in Path(path).parents}
    command += ["--perms", "1777", "--tmpfs", "/tmp"]
    for folder in sorted(above - {"/", "/tmp", *bindings}):
        command += ["--perms", "0755", "--dir", folder]  # bubblewrap's own choice is for the owner alone
    for path, real in bindings.items():
        command += ["--ro-bind", real, path]
    for path, descriptor in stubs.items():
        command += ["--perms", "0444", "--ro-bind-data", str(descriptor), path]
    # No /dev/zero: shared mappings of it are memory that is counted for no process.
    command += ["--proc", "/proc", "--tmpfs", "/dev"]
    for name in DEVICES:
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    command += ["--dir", "/dev/shm", "--dir", "/dev/pts", "--symlink", "pts/ptmx", "/dev/ptmx"]
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        command += ["--symlink", f"/proc/self/fd{target}", f"/dev/{name}"]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


def below_tmp(readable=()):
    """Paths that a child's own /tmp would hide: a package, an environment or more that lies there.

    Args:
        readable: sequence of paths that children may read besides Python and the package.

    Returns:
        List of str, those of the paths seen inside that lie below /tmp.
    """
    return [path for path in _bindings(readable) if path.startswith("/tmp/")]


@contextlib.contextmanager
def confinement(readable=()):
    """A `with` block in which bubblewrap can be started.

    Args:
        readable: sequence of paths that may be read inside, besides Python and the package.

    Yields:
        Tuple of bubblewrap's command line, a list of str to which the program is added, and the file
        descriptors that it must inherit.
    """
    user, group = (NOBODY, NOBODY) if os.getuid() == 0 else (os.getuid(), os.getgid())
    descriptors = {}
    try:
        for path, text in _stubs(user, group).items():
            reader, writer = os.pipe()
            descriptors[path] = reader
            with open(writer, "w") as file:
                file.write(text)
        yield _bubblewrap(user, group, readable, descriptors), tuple(descriptors.values())
    finally:
        for descriptor in descriptors.values():
            os.close(descriptor)


def _setting(name):
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


@functools.lru_cache(maxsize=1)
def why_not_confined():
    """Says why student code cannot be confined on this machine.

    It goes once through all that confines a child, so the answer is that of the machine and not a guess.

    Returns:
        str, one sentence that says what to change; empty where everything works.
    """
    otherwise = (
        "`--accept-risk` grades without confinement: submissions can then read and change what you can."
    )
    if not sys.platform.startswith("linux"):
        return (
            f"Student code is confined with namespaces of Linux, and this is {platform.system()}: "
            f"grade on Linux, in a container or a virtual machine. {otherwise}"
        )
    if not shutil.which("bwrap"):
        return f"`bwrap` was not found: install the package bubblewrap. {otherwise}"
    try:
        said = _try_out()
    except (OSError, subprocess.TimeoutExpired) as error:
        said = str(error)
    return f"{_diagnosis(said)} {otherwise}" if said is not None else ""


def _try_out():
    """Returns `None` where a process can confine itself inside bubblewrap, else what was said instead."""
    with confinement() as (command, descriptors):
        program = [sys.executable, "-I", "-S", "-B", namespaces.__file__, str(NOBODY), str(NOBODY)]
        done = subprocess.run(
            [*command, *program],
            pass_fds=descriptors,
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            start_new_session=True,
        )
    if done.returncode == 0:
        return None
    return " ".join(done.stderr.split())[-300:] or f"exit code {done.returncode}"


def _diagnosis(said):
    """What to do about the first setting of the kernel that forbids it."""
    if _setting("user/max_user_namespaces") == "0":
        return "User namespaces are switched off: set user.max_user_namespaces to 10000 with sysctl."
    if _setting("kernel/unprivileged_userns_clone") == "0":
        return "User namespaces are for root alone: set kernel.unprivileged_userns_clone to 1 with sysctl."
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor forbids user namespaces: set kernel.apparmor_restrict_unprivileged_userns to 0 with "
            f"sysctl ({said})."
        )
    if "No space left" in said:
        return f"There can be no more user namespaces: raise user.max_user_namespaces with sysctl ({said})."
    return (
        f"bubblewrap does not work here ({said}): in a container, allow user namespaces and mounts "
        "(for Docker: --security-opt seccomp=unconfined --security-opt systempaths=unconfined), or grade "
        "outside of it."
    )
