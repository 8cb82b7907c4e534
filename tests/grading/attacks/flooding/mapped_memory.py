"""Memory that no process's account shows: shared mappings, files in memory, message queues, pipes and sockets full of data."""

LIMITS = {"memory": 400 * 2**20, "disk_bytes": 64 * 2**20, "cell_seconds": 10.0}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import ctypes
import mmap
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
for name, attempt in {
    "shared": lambda: mmap.mmap(-1, 500 * 2**20, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
    "memfd": lambda: os.memfd_create("x"),
    "shmget": lambda: 1 / (libc.shmget(0, 500 * 2**20, 0o1600) + 1),
    "mq": lambda: 1 / (libc.syscall(240, b"/x", 0o102, 0o600, 0) + 1),
}.items():
    try:
        attempt()
        print("LEAK" + "ED", name)
    except (OSError, ValueError, ZeroDivisionError) as error:
        print(name, type(error).__name__)
size = 0
try:
    for number in range(100):
        with open(f"/dev/shm/{number}", "wb") as file:
            size += file.write(b"x" * 2**20)
except OSError as error:
    print(size // 2**20, "MiB in /dev/shm,", error.strerror)
if size > 64 * 2**20:
    print("LEAK" + "ED", size)
pairs = []
try:
    while True:
        one, other = socket.socketpair()
        one.setblocking(False)
        pairs.append((one, other))
        try:
            while one.send(b"x" * 2**16):
                pass
        except BlockingIOError:
            pass
except OSError as error:
    print(len(pairs), error.strerror)
del pairs
