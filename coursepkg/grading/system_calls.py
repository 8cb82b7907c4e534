"""Forbids system calls that no notebook needs: ways around the other limits, or rarely tested kernel code.

Namespaces do not cover everything. Sockets of a virtual machine to its host (`AF_VSOCK`) ignore the network
namespace, and memory of `memfd_create`, `shmget` or an anonymous shared mapping counts for no process once it
is unmapped. A filter of the kernel (seccomp) answers these calls with an error. What lies in sockets counts
for nobody either: their buffers stay as small as they are, so that their number tells what they can hold.
"""

import ctypes
import errno
import os
import platform
import struct

PR_SET_SECCOMP, FILTER = 22, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # REFUSE without a reason does nothing and says that it went well
LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
SHARED_AND_ANONYMOUS = 0x21
FAMILIES = (1, 2, 10, 16)  # Unix, IPv4, IPv6, netlink; the last three end in an empty network namespace
KEYCTL_JOIN_SESSION_KEYRING = 1

# name: numbers on x86_64 and on aarch64. Programs take ENOSYS for an old kernel and do without.
MISSING = {"memfd_create": (319, 279), "memfd_secret": (447, 447), "io_uring_setup": (425, 425)}
FORBIDDEN = {
    "add_key": (248, 217),
    "bpf": (321, 280),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "kcmp": (312, 272),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setns": (308, 268),
    "shmget": (29, 194),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
MMAP, SOCKET, SETSOCKOPT = (9, 222), (41, 198), (54, 208)
SOL_SOCKET, SO_SNDBUF, SO_RCVBUF = 1, 7, 8
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def _program(machine):
    """Returns the filter for a machine as the kernel reads it: eight bytes a step, jumps counted forward."""
    column, architecture = ARCHITECTURES[machine]

    def step(code, value, if_so=0, if_not=0):
        return struct.pack("HBBI", code, if_so, if_not, value)

    def refuse(reason=errno.EPERM):
        return step(RETURN, REFUSE | reason)

    steps = [step(LOAD, ARCHITECTURE), step(JUMP_IF_EQUAL, architecture, 1, 0), refuse(errno.ENOSYS)]
    steps += [step(LOAD, NUMBER)]
    if machine == "x86_64":  # the same calls under other numbers, with 32-bit pointers
        steps += [step(JUMP_IF_AT_LEAST, 0x40000000, 0, 1), refuse(errno.ENOSYS)]
    for numbers in MISSING.values():
        steps += [step(JUMP_IF_EQUAL, numbers[column], 0, 1), refuse(errno.ENOSYS)]
    for numbers in FORBIDDEN.values():
        steps += [step(JUMP_IF_EQUAL, numbers[column], 0, 1), refuse()]
    shared = [
        step(LOAD, ARGUMENTS + 8 * 3),
        step(AND, SHARED_AND_ANONYMOUS),
        step(JUMP_IF_EQUAL, SHARED_AND_ANONYMOUS, 0, 1),
        refuse(),
        step(RETURN, ALLOW),
    ]
    steps += [step(JUMP_IF_EQUAL, MMAP[column], 0, len(shared)), *shared]
    enlarge = [
        step(LOAD, ARGUMENTS + 8),
        step(JUMP_IF_EQUAL, SOL_SOCKET, 0, 4),
        step(LOAD, ARGUMENTS + 16),
        step(JUMP_IF_EQUAL, SO_SNDBUF, 1, 0),
        step(JUMP_IF_EQUAL, SO_RCVBUF, 0, 1),
        refuse(0),
        step(RETURN, ALLOW),
    ]
    steps += [step(JUMP_IF_EQUAL, SETSOCKOPT[column], 0, len(enlarge)), *enlarge]
    steps += [step(JUMP_IF_EQUAL, SOCKET[column], 1, 0), step(RETURN, ALLOW), step(LOAD, ARGUMENTS)]
    for family in FAMILIES:
        steps += [step(JUMP_IF_EQUAL, family, 0, 1), step(RETURN, ALLOW)]
    return b"".join([*steps, refuse(errno.EAFNOSUPPORT)])


def forbid():
    """Refuses these calls to this process and its children from now on, after `namespaces.lock`.

    On other machines than x86_64 and aarch64 it does nothing: the namespaces and limits hold there as well.

    Raises:
        OSError: if the kernel takes no such filter.
    """
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        return
    program = _program(machine)
    instructions = ctypes.create_string_buffer(program, len(program))

    class Filter(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    whole = Filter(len(program) // 8, ctypes.addressof(instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(whole), 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"the kernel takes no filter of system calls: {os.strerror(error)}")


def leave_keyring():
    """Gets an empty keyring: the one of the login that started the grader may hold keys to its files."""
    machine = platform.machine()
    if machine in ARCHITECTURES:
        number = FORBIDDEN["keyctl"][ARCHITECTURES[machine][0]]
        ctypes.CDLL(None).syscall(number, KEYCTL_JOIN_SESSION_KEYRING, None)
