"""A forked process shuts itself off from the machine: namespaces, mounts, capabilities, limits.

Everything here runs inside bubblewrap, in a process that has just been forked from the warm parent and has
not yet seen a line of a submission. It knows the standard library only, so that `sandbox.why_not_confined`
can try it in a bare interpreter.
"""

import ctypes
import os
import resource
import signal
import sys

WORK = "/tmp/work"
HOME = "/tmp/home"
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_SECUREBITS = 4, 24, 28
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 36, 38, 47, 4
# NOROOT, NO_SETUID_FIXUP, KEEP_CAPS off and NO_CAP_AMBIENT_RAISE, each with its lock.
SECURE_BITS = 0b11101111
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC = 2, 4, 8, 4096, 16384
CAPABILITY_VERSION_3 = 0x20080522
OPEN_FILES = 256

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(what, result):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def prctl(option, *arguments):
    """Calls prctl(2); `os` has it from Python 3.14 or so, and not all of it.

    Args:
        option: int, one of the constants `PR_...`.
        *arguments: up to four int; those left out are 0.

    Raises:
        OSError: if the kernel refuses.
    """
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    _checked(f"prctl {option}", _libc.prctl(option, *padded))


def mount(source, target, kind, flags, options=""):
    """Calls mount(2).

    Args:
        source: str, the device, or a name for what has none.
        target: str, path of the folder.
        kind: str, the type of file system.
        flags: int, `MS_...` constants, added up.
        options: str, of this type of file system.

    Raises:
        OSError: if the kernel refuses.
    """
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode() or None
    )
    _checked(f"mount {kind} on {target}", result)


def _write(path, text):
    with open(path, "w") as file:
        file.write(text)


def become_unprivileged(uid, gid):
    """Gives up being root inside bubblewrap, for good.

    bubblewrap covers parts of the /proc that it mounts for root, and the kernel lets a nested namespace mount
    its own only where an uncovered one is to be seen: root therefore mounts it once more, while it still may.

    Args:
        uid: int, the user to become.
        gid: int, its group.
    """
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def leave():
    """Enters new namespaces, which takes a process of one thread; its next child is their first process."""
    uid, gid = os.getuid(), os.getgid()
    prctl(PR_SET_DUMPABLE, 1)  # or else the files under /proc/self belong to root
    flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS
    _checked("unshare", _libc.unshare(flags | CLONE_NEWCGROUP))
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")


def furnish(disk_bytes, readable=()):
    """Mounts what the first process of the new namespaces and its children may see and write.

    One file system in memory takes all that they write: /tmp with the working folder and home, and /dev/shm.

    Args:
        disk_bytes: int, its size.
        readable: list of str, paths below /tmp that stay to be seen there, as read-only as they are.
    """
    below = {path: os.open(path, os.O_PATH) for path in readable}
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    files = max(disk_bytes // 16384, 1024)
    options = f"size={disk_bytes},nr_inodes={files},mode=0755"
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, options)
    for folder in (WORK, HOME, "/tmp/shm"):
        os.mkdir(folder)
    for path, descriptor in below.items():
        folder = path if os.path.isdir(f"/proc/self/fd/{descriptor}") else os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        if folder != path:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        mount(f"/proc/self/fd/{descriptor}", path, "none", MS_BIND | MS_REC)
        os.close(descriptor)
    mount("/tmp/shm", "/dev/shm", "none", MS_BIND)
    mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    _write("/proc/sys/user/max_user_namespaces", "0")


def drop_capabilities():
    """Gives up every capability, also for whatever is executed later."""
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the kernel knows no capability of that number
    prctl(PR_SET_SECUREBITS, SECURE_BITS)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _checked("capset", _libc.capset(header, (ctypes.c_uint32 * 6)()))


def limit_resources(limits, confined=True):
    """Sets what this process and its children may use.

    Args:
        limits: dict, the fields of `Limits`.
        confined: bool, whether the process has a user namespace of its own. Only there does the kernel (from
            5.14 on) count the processes of this child alone; elsewhere it counts all that the user runs.
    """
    cpu_seconds = max(int(limits["cpu_seconds"]), 1)
    wanted = {
        resource.RLIMIT_AS: (limits["address_space"],) * 2,
        # SIGXCPU first, which says why; a second later the kernel kills what swallowed it.
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + 1),
        resource.RLIMIT_FSIZE: (limits["file_bytes"],) * 2,
        resource.RLIMIT_NOFILE: (OPEN_FILES,) * 2,
        # 1 and not 0: with 0 the kernel still hands the memory to a program that collects crashes.
        resource.RLIMIT_CORE: (1, 1),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
        resource.RLIMIT_SIGPENDING: (1024, 1024),
    }
    if confined:
        most = limits["processes"] + 1 + limits.get("processes_besides", 0)  # one is the init process
        wanted[resource.RLIMIT_NPROC] = (most, most)
    for kind, (soft, hard) in wanted.items():
        most = resource.getrlimit(kind)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (int(soft), int(hard)))


def die_first():
    """Where the machine runs out of memory, this process goes before any other."""
    _write("/proc/self/oom_score_adj", "1000")


def lock():
    """From here on no program gives this process or its children a right that it does not have now."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def _try_out(uid, gid):
    """Goes through all of it once and says in one line what does not work; for `sandbox.why_not_confined`."""
    try:
        if os.getuid() == 0:
            become_unprivileged(uid, gid)
        leave()
        if (child := os.fork()) == 0:
            try:
                furnish(2**20)
                drop_capabilities()
                lock()
                os._exit(0)
            except OSError as error:
                print(error, file=sys.stderr, flush=True)
            os._exit(1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    signal.alarm(20)
    sys.exit(_try_out(int(sys.argv[1]), int(sys.argv[2])))
