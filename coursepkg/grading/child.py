"""A child of the warm parent, as the worker sees it: its memory, its end, and why it ended."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import time
import weakref

from coursepkg.grading.processor_meter import ProcessorMeter
from coursepkg.grading.warm import MESSAGE_BYTES, descendants

SPAWN_SECONDS = 60.0  # in which a child starts, or is gone
REPORT_SECONDS = 0.5
SOCKET_BYTES = 256 * 1024  # what can wait in one, with the kernel's own part of it
GROWTH_BYTES = 16 * 2**20  # of a child's memory, or a quarter of it: then it is measured anew what is shared


class Child:
    """A confined process and everything that it starts. `WarmParent.spawn` makes it.

    Args:
        channel: `socket.socket`, the worker's end of what the role's function got.
        status: `socket.socket` to the child's init, which says there how the child ended.
        pid: int, the first process of the child, as the worker sees it.
        descriptor: int, a pidfd of that process; closed with this object.
        parent: `WarmParent`.
        work: path of the child's working folder where it is not confined, or `None`.

    Attributes:
        channel: socket, the worker's end of what the role's function got.
        pid: int, the first process of the child, as the worker sees it.
    """

    def __init__(self, channel, status, pid, descriptor, parent, work=None):
        self.channel = channel
        self.pid = pid
        self._status = status
        self._descriptor = descriptor
        self._limits = parent.limits
        self._confined = parent.confined
        self._work = work
        self._killed = self._forced = False
        self._said = b""
        self._meter = ProcessorMeter(parent.limits)
        self._own = self._proportional = 0  # when it was last measured which pages are shared
        weakref.finalize(self, os.close, descriptor).atexit = False  # `close` may yet be called at exit

    def alive(self):
        """Returns whether any process of it still runs."""
        ended, _, _ = select.select([self._descriptor], [], [], 0)
        return not ended

    def usage(self):
        """Returns the memory of all its processes but its init, which runs none of its code, in bytes, now.

        Pages that it shares with the warm parent and its siblings count in proportion, what lies in its files
        in full, because they too are in memory, and every socket as much as it can hold. To find out in which
        proportion takes the kernel milliseconds and holds the process up, so it is asked only after its
        memory has changed a lot, or where it seems to be too much; until then the change counts in full.
        Pages of the libraries' files are no such change, for all children see the same.
        """
        if not self.alive():
            return 0
        processes = descendants(self.pid)
        own = sum(map(_own_memory, processes))
        change = own - self._own
        too_much = change and self._proportional + change > self._limits.memory
        if too_much or abs(change) >= max(GROWTH_BYTES, self._own // 4):
            self._own, self._proportional = own, sum(map(_proportional_memory, processes))
        total = self._proportional + own - self._own
        if self._confined:
            with contextlib.suppress(OSError):
                disk = os.statvfs(f"/proc/{self.pid}/root/tmp")
                total += (disk.f_blocks - disk.f_bfree) * disk.f_frsize
            total += _sockets(self.pid) * SOCKET_BYTES
        return total

    def too_busy(self):
        """Returns why it must end for what it takes of the processors, or `""`; to be asked now and then."""
        return self._meter.look([self.pid, *descendants(self.pid)]) if self.alive() else ""

    def hang_up(self):
        """Asks for the end of every process of it, and does not wait: `kill` sees to it that it comes."""
        if self.alive():
            self._killed = True
            with contextlib.suppress(OSError):
                self._status.shutdown(socket.SHUT_WR)  # its init then says whether it had ended by itself

    def kill(self):
        """Ends every process of it at once, whatever they do, and returns when they are gone."""
        self.hang_up()
        if self.alive():
            select.select([self._descriptor], [], [], REPORT_SECONDS)
        if self.alive():
            if not self._confined:
                self._forced = True
                self._end_tree()
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
            select.select([self._descriptor], [], [], SPAWN_SECONDS)
        self.channel.close()
        if self._work:
            shutil.rmtree(self._work, ignore_errors=True)

    def _end_tree(self):
        """Without a process namespace: its init goes last, for orphans become its children."""
        for _ in range(1000):
            if not self.alive() or not (below := descendants(self.pid)):
                return
            for pid in below:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.001)

    def ended_because(self):
        """Returns why it ended: a sentence about "it" without a full stop, empty if unknown or alive."""
        if self.alive():
            return ""
        said = self._last_report()
        if "failed" in said:
            return f"it could not start ({said['failed']})"
        if "code" not in said:
            if self._killed:
                return ""
            return "it was ended from outside, as happens where a machine runs out of memory"
        code, cpu = said["code"], said["cpu"]
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and cpu >= self._limits.cpu_seconds):
            return f"it used more than {self._limits.cpu_seconds} s of processor time"
        if self._forced and code == -signal.SIGKILL:
            return ""  # without confinement its init reports the end that it was given
        if code >= 0:
            return f"it ended itself (exit code {code})"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"number {-code}"
        if -code in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT):
            return f"it crashed (signal {name})"
        return f"it was ended by the signal {name}"

    def _last_report(self):
        self._status.settimeout(0)
        with contextlib.suppress(OSError):
            while len(self._said) < MESSAGE_BYTES and (piece := self._status.recv(MESSAGE_BYTES)):
                self._said += piece
        try:
            return json.loads(self._said.splitlines()[-1])
        except (ValueError, IndexError):
            return {}


def _sockets(pid):
    """How many sockets there are in a process's network namespace, also those on their way in others."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/net/sockstat") as file:
        return int(file.readline().split()[2])
    return 0


def _own_memory(pid, proc="/proc"):
    """Bytes of a process but those of files on a disk, shared pages in full, swapped ones too, and tables."""
    fields = ("RssAnon:", "RssShmem:", "VmSwap:", "VmPTE:")
    with contextlib.suppress(OSError), open(f"{proc}/{pid}/status") as file:
        return 1024 * sum(int(line.split()[1]) for line in file if line.startswith(fields))
    return 0


def _proportional_memory(pid, proc="/proc"):
    """Bytes of a process, swapped ones too, shared pages divided by how many share them, and page tables."""
    fields = ("VmPTE:", "Pss:", "SwapPss:")
    try:
        with open(f"{proc}/{pid}/smaps_rollup") as file:
            lines = file.readlines()
    except OSError:  # a kernel without it: what is no file's and no other's, as near as it says
        lines, fields = [], ("VmPTE:", "RssAnon:", "RssShmem:", "VmSwap:")
    with contextlib.suppress(OSError), open(f"{proc}/{pid}/status") as file:
        lines += file.readlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(fields))
