"""Rights are looked for: root, namespaces, mounts, devices, kernel interfaces, higher limits, writing elsewhere."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import ctypes
import os
import resource
import socket

libc = ctypes.CDLL(None, use_errno=True)


def tried(name, succeeded):
    print("LEAK" + "ED" if succeeded else "refused", name)


def possible(action):
    try:
        action()
    except (OSError, ValueError):
        return False
    return True


def written(path, mode="wb"):
    return possible(lambda: open(path, mode, buffering=0).write(b"canary"))


print("user", os.getuid(), os.geteuid(), os.getgroups())
tried("to be root", possible(lambda: os.setuid(0)) or possible(lambda: os.setgid(0)))
tried("chroot", possible(lambda: os.chroot("/tmp")))
tried("a user namespace", libc.unshare(0x10000000) == 0)
tried("a mount namespace", libc.unshare(0x20000) == 0)
tried("a mount", libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"") == 0)
tried("to unmount", libc.umount2(b"/tmp", 2) == 0)
tried("a device", possible(lambda: os.mknod("/tmp/disk", 0o60600, os.makedev(8, 0))))
tried("a kernel setting", written("/proc/sys/user/max_user_namespaces"))
tried("the core pattern", written("/proc/sys/kernel/core_pattern"))
tried("a user map", written("/proc/self/uid_map"))
tried("the host's name", possible(lambda: socket.sethostname("mine")))
tried("a kernel program", libc.syscall(321, 0, 0, 0) == 0)
tried("a keyring", libc.syscall(250, 0, -3, 1) > 0)
tried("more memory", possible(lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1))))
tried("more processes", possible(lambda: resource.setrlimit(resource.RLIMIT_NPROC, (-1, -1))))
tried("priority", possible(lambda: os.setpriority(os.PRIO_PROCESS, 0, -5)))
tried("Python's library", written(os.path.join(os.path.dirname(os.__file__), "canary.py")))
tried("its packages", written(os.path.join(os.path.dirname(np.__file__), "canary.py")))
tried("/etc", written("/etc/canary") or written("/canary") or written("/usr/canary"))
tried("a folder of the machine", written("@OUTSIDE@/written"))
tried("the gradebook", written("@COURSE@/gradebook.db", "ab"))
