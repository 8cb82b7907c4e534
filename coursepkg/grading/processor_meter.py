"""How much of the machine's processors a child takes, all its processes together.

The kernel's own limit on processor time holds for each process alone, and its scheduler shares a machine out
among sessions or threads, not among submissions: who starts sixty that compute takes nearly all of it.
"""

import contextlib
import os
import time

TICKS = os.sysconf("SC_CLK_TCK")
EXCESS_SECONDS = 2.0  # how long twice as many as there may be can compute; four times as many a third of it
LONGEST_LOOK = 0.5  # seconds for which what is seen at one moment counts
USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM, THREADS = 11, 12, 13, 14, 17  # in stat, behind the name


class ProcessorMeter:
    """Adds up what a child's processes use of the processors, from one look to the next.

    Args:
        limits: `Limits`.
        proc: path where the kernel tells of processes.

    Attributes:
        most: int, how many of its threads may compute, or wait to, in the long run.
    """

    def __init__(self, limits, proc="/proc"):
        self.seconds = limits.cpu_seconds
        self.most = max(int(limits.busy_threads), processors())
        self._proc = proc
        self._excess = 0.0  # threads too many, times the seconds for which they were
        self._looked = time.monotonic()

    def look(self, pids):
        """Looks at what the processes do at this moment, and used so far.

        Args:
            pids: list of int, all processes of the child, the init that waits for orphans among them.

        Returns:
            str, why the child must end: a sentence about "it" without a full stop; or `""`.
        """
        now = time.monotonic()
        passed, self._looked = min(now - self._looked, LONGEST_LOOK), now
        used = threads = 0
        for fields in filter(None, (_fields(f"{self._proc}/{pid}/stat") for pid in pids)):
            # What has ended and was waited for stands with whoever waited.
            used += sum(int(fields[at]) for at in (USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM))
            threads += int(fields[THREADS])
        if used > self.seconds * TICKS:
            return f"it used more than {self.seconds} s of processor time"
        busy = sum(map(self._busy, pids)) if threads > self.most else 0
        self._excess = max(0.0, self._excess + (busy - self.most) * passed)
        if self._excess > self.most * EXCESS_SECONDS:
            return f"more than {self.most} of its threads and processes computed at the same time"
        return ""

    def _busy(self, pid):
        """How many threads of a process run, or could if there were a processor for them."""
        folder, count = f"{self._proc}/{pid}/task", 0
        with contextlib.suppress(OSError):
            for task in os.listdir(folder):
                fields = _fields(f"{folder}/{task}/stat")
                count += fields is not None and fields[0] == "R"
        return count


def _fields(path):
    """What stands behind the name, which may hold anything, in a process's or a thread's `stat`."""
    with contextlib.suppress(OSError), open(path, errors="replace") as file:
        return file.read().rpartition(")")[2].split()
    return None


def processors(path="/sys/fs/cgroup/cpu.max"):
    """Counts the processors that this process may use, by its affinity and by its container's quota.

    Args:
        path: where the quota stands, if there is one.

    Returns:
        int, at least 1.
    """
    count = len(os.sched_getaffinity(0))
    with contextlib.suppress(OSError, ValueError), open(path) as file:
        quota, period = file.read().split()
        count = min(count, -(-int(quota) // int(period)))  # without a quota it says "max"
    return max(1, count)
