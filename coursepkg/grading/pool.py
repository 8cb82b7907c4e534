"""Workers on this machine: processes that are forked from the grader.

A pool holds no truth: what is to be done and what has been done stands in the queue. The grader has
imported everything already, so a forked worker is there within milliseconds, and the kernel says at once when
one ends.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from multiprocessing.connection import wait

import psutil

from coursepkg.grading.order import Trouble, single_threaded, worker_name
from coursepkg.grading.worker import STOP_SIGNALS, GiveBack, Stopping, follow, work

WORKER_BYTES = 1536 * 2**20  # what a worker with its warm parent and a submission needs, with TensorFlow
STOP_SECONDS = 10.0  # in which a worker gives back what it holds
LOG_BYTES = 2000


def default_workers():
    """Counts the workers that this machine can feed: one for each core, as far as memory goes.

    Returns:
        int, at least 1.
    """
    return max(1, min(len(os.sched_getaffinity(0)), psutil.virtual_memory().available // WORKER_BYTES))


class LocalPool:
    """Worker processes on this machine.

    Args:
        order: `Order`.
        most: int, how many at the same time; `None` lets the machine decide.
        course: `Course`, which the workers then need not open, or `None`.
        assignment: `plan.Assignment`, which the workers then need not read, or `None`.
        nursery: `WarmParent` of which each worker gets a twin, or `None`: each then starts its own.
    """

    def __init__(self, order, most=None, course=None, assignment=None, nursery=None):
        self.job = (order, course, assignment)
        self.nursery = nursery
        self.most = most or default_workers()
        self.workers = {}  # name -> _Forked
        single_threaded()
        gc.freeze()  # or the first collection in a worker copies every page

    def top_up(self, waiting):
        """Starts a worker for each submission that waits, up to the number that there may be.

        Args:
            waiting: int, submissions that nobody has.
        """
        for _ in range(min(self.most - len(self.workers), waiting)):
            worker = _Forked(*self.job, self.nursery and self.nursery.twin())
            self.workers[worker.name] = worker

    def ended(self, seconds):
        """Waits until a worker has ended, for a time at most.

        Args:
            seconds: float.

        Returns:
            List of tuples: the name of a worker that has ended, and why it did; "" if it found nothing left.

        Raises:
            Trouble: if a worker says that grading cannot go on.
        """
        wait([worker.process.sentinel for worker in self.workers.values()], seconds)
        gone = [name for name, worker in self.workers.items() if worker.process.exitcode is not None]
        return [(name, self.workers.pop(name).farewell()) for name in gone]

    def stop(self):
        """Ends all workers.

        Returns:
            List of the names of those that had been running.
        """
        for worker in self.workers.values():
            worker.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for worker in self.workers.values():
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()
        names = list(self.workers)
        self.workers.clear()
        return names


class _Forked:
    """One worker process. What it writes goes to a file without a name, so nothing is left over."""

    def __init__(self, order, course, assignment, twin):
        self.name = worker_name()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115
        self.trouble, theirs = multiprocessing.Pipe(duplex=False)
        fork = multiprocessing.get_context("fork")
        self.process = fork.Process(
            target=_worker_process,
            args=(order, course, assignment, self.name, os.getpid(), self.log, theirs, twin),
            daemon=True,
        )
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # until the worker listens to them itself
        try:
            self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            theirs.close()
            if twin:
                twin.close()  # here; the worker has it

    def farewell(self):
        """Why the worker ended; raises `Trouble` if it said that grading cannot go on."""
        said = ""
        with contextlib.suppress(EOFError):  # it died without a word, or had nothing to say
            said = self.trouble.recv() if self.trouble.poll() else ""
        code = self.process.exitcode
        self.log.seek(0, os.SEEK_END)
        self.log.seek(max(0, self.log.tell() - LOG_BYTES))
        log = self.log.read().decode("utf-8", errors="replace").strip()
        self.log.close()
        self.trouble.close()
        self.process.close()
        if said:
            raise Trouble(said)
        if code == 0:
            return ""
        how = f"was ended by signal {-code}" if code < 0 else f"ended itself with exit code {code}"
        return f"A worker {how}." + (f" It wrote last: {log.splitlines()[-1]}" if log else "")


def _worker_process(order, course, assignment, name, grader, log, trouble, twin):
    stopping = Stopping()
    stopping.listen()
    try:
        follow(grader)
        os.setpgid(0, 0)  # Ctrl-C in the terminal reaches neither it nor what it starts
        null = os.open(os.devnull, os.O_RDWR)
        for number, target in ((0, null), (1, log.fileno()), (2, log.fileno())):
            os.dup2(target, number)
        sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
        work(order, name, stopping, course, assignment, twin)
    except Trouble as problem:
        trouble.send(str(problem))
    except GiveBack:
        pass
